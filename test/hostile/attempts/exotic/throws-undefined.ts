import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws undefined.',
  source: 'own',
  guest: 'throw undefined',
  ends: /^error undefined$/,
} satisfies Attempt
