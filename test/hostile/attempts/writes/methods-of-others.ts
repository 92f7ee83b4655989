import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls methods of the host on objects of the host that they are not of.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => host.ledger.add.call(host, 5),
      () => host.ledger.add.call(host.settings, 5),
      () => Reflect.apply(host.list.push, host.nested, [1]),
      () => host.map.set.call(host.set, 1, 2),
      () => host.list.push.apply(host.settings, [1]),
      () => host.Ledger.call(host.settings),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
