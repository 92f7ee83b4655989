import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host hand over its own Object by a name of the guest, and writes with that.',
  source: 'CVE-2019-10744',
  guest: `
    const got = []
    try {
      const theirs = host.at('constructor')
      for (const run of [
        () => theirs.assign(host.settings, { theme: 'stolen' }),
        () => theirs.defineProperty(host.settings, 'theme', { value: 'stolen' }),
        () => theirs.setPrototypeOf(host.settings, null),
        () => theirs.freeze(host.nested),
        () => theirs.assign(theirs.getPrototypeOf(host.settings), { polluted: 1 }),
        () => theirs.assign(theirs.prototype, { polluted: 1 }),
        () => theirs.defineProperty(host.at('__proto__'), 'polluted', { value: 1 }),
      ]) { try { run(); got.push('done') } catch (error) { got.push(error.name) } }
    } catch (error) { got.push(error.name) }
    got`,
} satisfies Attempt
