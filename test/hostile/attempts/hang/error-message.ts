import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an object whose message is a getter that loops.',
  source: 'isolated-vm: an error is copied out natively',
  guest: 'throw { get message() { for (;;); } }',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
