import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an error whose class loops when it is looked at.',
  source: 'own',
  guest: `
    class Trap extends Error { get ['constructor']() { for (;;); } static get name() { for (;;); } static get [Symbol.hasInstance]() { for (;;); } }
    throw new Trap('x')`,
} satisfies Attempt
