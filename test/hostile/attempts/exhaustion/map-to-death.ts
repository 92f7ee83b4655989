import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Grows a Map until there is nothing left.',
  source: 'own',
  guest: 'const kept = new Map(); for (let n = 0; ; n++) kept.set(n, {})',
  needs: {
    contain: 'process',
    because:
      'V8 cannot always end a guest whose collections grow to death: its thread stays, or takes the process along',
  },
  alone: true,
} satisfies Attempt
