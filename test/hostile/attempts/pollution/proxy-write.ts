import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes to the prototype of an object of the host through its proxy.',
  source: 'CVE-2020-28477',
  guest: `
    const got = []
    for (const run of [
      () => { host.settings.__proto__.polluted = 1 },
      () => { host.__proto__ = { polluted: 1 } },
      () => { host.ping.__proto__.polluted = 1 },
      () => { host.list.__proto__.polluted = 1 },
      () => { host.bytes.__proto__.polluted = 1 },
      () => { host.map.__proto__.polluted = 1 },
      () => { host.failure.__proto__.polluted = 1 },
      () => { host.Ledger.prototype.polluted = 1 },
      () => { host.ledger.constructor.prototype.polluted = 1 },
    ]) { try { run(); got.push('done') } catch (error) { got.push(error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
