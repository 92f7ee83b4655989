import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an error whose stack is a getter that loops.',
  source: 'isolated-vm: an error is copied out natively',
  guest: `const error = new Error('x'); Object.defineProperty(error, 'stack', { get() { for (;;); } }); throw error`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
