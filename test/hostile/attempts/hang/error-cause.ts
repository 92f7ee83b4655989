import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an error whose cause, and the errors it collects, loop when they are read.',
  source: 'own',
  guest: `throw new AggregateError([{ get a() { for (;;); } }], 'x', { cause: { get b() { for (;;); } } })`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
