import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces Proxy, so that every stand-in of the host passes the guest.',
  source: 'own',
  guest: `
    const got = []
    const Before = Proxy
    globalThis.Proxy = function (target, handler) { got.push(climb(target, handler, ...Object.values(handler))); return new Before(target, handler) }
    host.give(); host.ledger.self(); host.nested
    got`,
} satisfies Attempt
