import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back generators that loop in next, in return and when they are asked for.',
  source: 'own',
  guest:
    '({ a: (function* () { for (;;); })(), b: (async function* () { try { yield 1 } finally { for (;;); } })(), c: (async function* () { for (;;); })() })',
} satisfies Attempt
