import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back symbols: unique, registered, well-known, and as keys.',
  source: 'own',
  guest: `({ a: [Symbol.iterator, Symbol.for('x')], [Symbol.for('k')]: 1, b: Symbol('unique') })`,
  ends: /^error FARHOLD_NOT_SHAREABLE$/,
} satisfies Attempt
