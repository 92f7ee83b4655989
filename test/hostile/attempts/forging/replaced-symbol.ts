import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces Symbol.for and the well-known symbols.',
  source: 'own',
  guest: `Symbol.for = () => Symbol.iterator; globalThis.Symbol = function () { return 'x' }; host.echo({ a: 1 })`,
} satisfies Attempt
