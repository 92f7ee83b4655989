import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back objects whose getters give something else every time.',
  source: 'own',
  guest: `
    let n = 0
    ({ get a() { return [() => 1, Symbol('x'), {}, undefined, new Date(NaN)][n++ % 5] }, get b() { delete this.c; this.d = 1; return n++ }, c: 1 })`,
  ends: /^error TypeError$/,
} satisfies Attempt
