import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Parses with a reviver that loops, and stringifies with a replacer that loops.',
  source: 'own',
  guest: `JSON.parse('[1]', () => { for (;;); })`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
