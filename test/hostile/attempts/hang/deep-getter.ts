import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back a getter that loops, deep inside other values.',
  source: 'own',
  guest: '[new Map([["a", { b: [new Set([{ get c() { for (;;); } }])] }]])]',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
