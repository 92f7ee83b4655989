import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back promises that never settle.',
  source: 'own',
  guest: 'new Promise(() => {})',
} satisfies Attempt
