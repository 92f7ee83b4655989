import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has proxies print themselves, in every way there is.',
  source: 'own',
  guest: `
    const got = []
    for (const value of [host, host.ping, host.ledger, host.Ledger, host.list, host.failure, remote(host), remote(host).ping]) {
      for (const print of [String, JSON.stringify, (v) => v + '', (v) => Object.prototype.toString.call(v), (v) => v.toString(), (v) => v.toLocaleString(), (v) => v.inspect?.(), (v) => v[Symbol.toStringTag], (v) => v[Symbol.for('nodejs.util.inspect.custom')]?.()]) {
        try { got.push(String(print(value))) } catch (error) { got.push(error.message) }
      }
    }
    got`,
  ends: /^value /,
} satisfies Attempt
