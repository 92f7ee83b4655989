import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host await a thenable that loops, and one that never settles.',
  source: 'own',
  guest: `
    (async () => {
      try { await host.awaitIt({ then() { for (;;); } }) } catch {}
      return await host.awaitIt({ then() {} })
    })()`,
  enter: ['eval', 'wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
