import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Awaits what never comes while its module is evaluated.',
  source: 'own',
  guest: 'await new Promise(() => {})',
  enter: ['module'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
