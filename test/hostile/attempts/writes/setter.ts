import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Runs setters of the host.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => { host.ledger.total = 5 },
      () => Reflect.set(host.ledger, 'total', 5),
      () => { host.pattern.lastIndex = 99 },
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
