import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an error whose name is a getter that loops.',
  source: 'own',
  guest: `const error = new Error('x'); Object.defineProperty(error, 'name', { get() { for (;;); } }); throw error`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
