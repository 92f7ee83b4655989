import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Copies a polluting object over an object of the host.',
  source: 'CVE-2019-11358',
  guest: `
    const got = []
    for (const run of [
      () => Object.assign(host.settings, { theme: 'stolen', polluted: 1 }),
      () => Object.defineProperties(host.settings, { theme: { value: 'stolen' } }),
      () => { host.settings.limits.calls = 1e9 },
      () => { host.settings['theme'] += 'x' },
      () => { ({ theme: host.settings.theme } = { theme: 'stolen' }) },
    ]) { try { run(); got.push('done') } catch (error) { got.push(error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
