import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back a thenable that loops, as an instance and as a value of a promise.',
  source: 'own',
  guest: 'class Trap { then() { for (;;); } }; new Trap()',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
