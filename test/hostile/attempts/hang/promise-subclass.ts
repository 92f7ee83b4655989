import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back a promise whose then and species loop.',
  source: 'own',
  guest: `
    class Trap extends Promise { then() { for (;;); } static get [Symbol.species]() { for (;;); } }
    const promise = Promise.resolve(1)
    Object.defineProperty(promise, 'constructor', { get() { for (;;); } })
    host.keep(() => promise)
    new Trap((resolve) => resolve(1))`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
