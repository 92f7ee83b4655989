import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host sort with a comparator that loops.',
  source: 'own',
  guest: 'host.sort([3, 1, 2], () => { for (;;); })',
} satisfies Attempt
