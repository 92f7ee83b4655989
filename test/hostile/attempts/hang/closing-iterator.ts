import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host iterate, and loops when it is told that no more is wanted.',
  source: 'own',
  guest: `
    (async () => await host.take({
      [Symbol.asyncIterator]() { return this },
      next: async () => ({ value: 1, done: false }),
      return() { for (;;); },
    }))()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
