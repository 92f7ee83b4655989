import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has its runtime read what the guest makes up.',
  source: 'own',
  guest: `JSON.parse = () => [2, 0, 'mine', null, 1, 0, 18, 1, ['eval'], ['1'], null]; host.ping()`,
} satisfies Attempt
