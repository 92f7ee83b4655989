import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Makes the host allocate by a number: lengths, counts and repetitions.',
  source: 'own',
  guest: `
    const got = []
    for (const value of [{ length: 2 ** 53 }, { length: -1, 0: 1 }, { __proto__: Array.prototype, length: 2 ** 32 }, new Array(2 ** 16)]) {
      for (const use of [host.slice, host.keysOf, host.take]) { try { const given = use(value); given?.catch?.(() => 0); got.push(typeof given) } catch (error) { got.push(error.code ?? error.name) } }
    }
    got`,
} satisfies Attempt
