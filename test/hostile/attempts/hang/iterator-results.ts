import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host read items whose done and value loop when they are read.',
  source: 'own',
  guest: `
    (async () => await host.take({
      [Symbol.asyncIterator]() { return this },
      next: () => ({ get done() { for (;;); }, get value() { for (;;); } }),
    }))()`,
  enter: ['eval', 'wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
