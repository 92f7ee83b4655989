import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Changes a class of the host: its statics, its methods, its prototype.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => { host.Ledger.open = () => 'mine' },
      () => { host.Ledger.prototype.add = () => 'mine' },
      () => { Object.getPrototypeOf(host.ledger).add = () => 'mine' },
      () => { host.ledger.add = () => 'mine' },
      () => Object.defineProperty(host.Ledger, Symbol.hasInstance, { value: () => true }),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
