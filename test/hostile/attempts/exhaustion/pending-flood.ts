import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Keeps as many calls unanswered as it can.',
  source: 'own',
  guest: `
    (async () => {
      const all = await Promise.allSettled(Array.from({ length: 3000 }, () => host.never()))
      return all.length
    })()`,
  enter: ['eval', 'wait'],
  options: { limits: { pendingCalls: 100 } },
} satisfies Attempt
