import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Overflows its stack while its result is encoded.',
  source: 'own',
  guest: '({ get a() { const deeper = () => deeper() + 1; return deeper() } })',
} satisfies Attempt
