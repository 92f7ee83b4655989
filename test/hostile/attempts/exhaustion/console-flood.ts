import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Prints without end.',
  source: 'own',
  guest: 'for (;;) console.log("x".repeat(1000))',
} satisfies Attempt
