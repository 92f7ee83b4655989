import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Waits for what never comes.',
  source: 'own',
  guest: 'host.never()',
} satisfies Attempt
