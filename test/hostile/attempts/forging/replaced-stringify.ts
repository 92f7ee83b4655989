import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has its runtime send an object in place of text.',
  source: 'own',
  guest:
    'JSON.stringify = () => ({ get length() { for (;;); }, toString() { for (;;); } }); host.ping()',
} satisfies Attempt
