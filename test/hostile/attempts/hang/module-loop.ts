import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops while its module is evaluated.',
  source: 'own',
  guest: 'for (;;);',
  enter: ['module'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
