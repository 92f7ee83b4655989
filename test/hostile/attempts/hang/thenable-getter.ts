import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back an object whose then is a getter that loops.',
  source: 'own',
  guest: 'Promise.resolve({ get then() { for (;;); } })',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
