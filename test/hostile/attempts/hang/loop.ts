import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops for ever.',
  source: 'own',
  guest: 'for (;;);',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
