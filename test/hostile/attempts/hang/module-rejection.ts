import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fails while its module is evaluated, with an error that loops when it is looked at.',
  source: 'isolated-vm: an error is copied out natively',
  guest: 'await 0; throw { get message() { for (;;); } }',
  enter: ['module'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
