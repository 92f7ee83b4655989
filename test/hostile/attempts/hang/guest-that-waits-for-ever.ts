import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Waits on a thread of its own for what never comes.',
  source: 'own',
  guest: 'host.never()',
  enter: ['wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
