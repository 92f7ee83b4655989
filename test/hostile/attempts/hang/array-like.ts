import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host arrays whose length, iterator and species loop.',
  source: 'own',
  guest: `
    const list = [1, 2, 3]
    Object.defineProperty(list, Symbol.iterator, { get() { for (;;); } })
    Object.defineProperty(list, 'constructor', { get() { for (;;); } })
    Object.defineProperty(list, 'x', { enumerable: true, get() { for (;;); } })
    host.slice(list)`,
} satisfies Attempt
