import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Grows a list of lists until there is nothing left.',
  source: 'own',
  guest: 'const kept = []; for (;;) kept.push(new Array(1000).fill(1))',
  needs: {
    contain: 'process',
    because:
      'V8 cannot always end a guest whose collections grow to death: its thread stays, or takes the process along',
  },
  alone: true,
} satisfies Attempt
