import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Gives objects of the host back to it, wrapped in proxies and prototypes of the guest.',
  source: 'own',
  guest: `
    const got = []
    for (const value of [host.ledger, new Proxy(host.ledger, {}), Object.create(host.ledger), { __proto__: host.Ledger }, new Proxy(host.ping, { apply: () => 'mine' })]) {
      for (const use of [host.isLedger, host.echo, host.keysOf, (v) => host.isSame(v, host.ledger)]) { try { got.push(climb(use(value))) } catch (error) { got.push(climb(error)) } }
    }
    got`,
} satisfies Attempt
