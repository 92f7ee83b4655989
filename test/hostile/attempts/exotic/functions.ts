import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back functions of every kind.',
  source: 'own',
  guest:
    '[() => 1, function () {}, async () => 1, function* () {}, async function* () {}, class {}, class extends null {}, (() => 1).bind(null), Math.max, eval, Function, Proxy]',
  ends: /^error FARHOLD_NOT_SHAREABLE$/,
} satisfies Attempt
