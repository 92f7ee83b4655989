import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Grows a Set until there is nothing left.',
  source: 'own',
  guest: 'const kept = new Set(); for (let n = 0; ; n++) kept.add({})',
  needs: {
    contain: 'process',
    because:
      'V8 cannot always end a guest whose collections grow to death: its thread stays, or takes the process along',
  },
  alone: true,
} satisfies Attempt
