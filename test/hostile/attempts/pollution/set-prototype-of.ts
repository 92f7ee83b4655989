import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives an object of the host another prototype.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => Object.setPrototypeOf(host.settings, { polluted: 1 }),
      () => Reflect.setPrototypeOf(host, null),
      () => Object.setPrototypeOf(host.ledger, { total: 1 }),
      () => Object.setPrototypeOf(host.Ledger, Function),
      () => Object.setPrototypeOf(Object.getPrototypeOf(host.settings) ?? {}, host),
    ]) { try { got.push(run() === false ? 'no' : 'done') } catch (error) { got.push(error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
