import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fills its heap with small objects.',
  source: 'own',
  guest: 'let list; for (;;) list = { list, a: 1, b: 2, c: 3 }',
} satisfies Attempt
