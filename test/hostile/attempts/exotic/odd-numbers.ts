import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends numbers that JSON does not have, as values, dates and keys.',
  source: 'own',
  guest:
    'JSON.stringify(host.echo([NaN, -0, Infinity, new Date(NaN), 2 ** 53, Number.MIN_VALUE, { [-0]: 1, [NaN]: 2 }]).length)',
} satisfies Attempt
