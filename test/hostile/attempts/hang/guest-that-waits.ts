import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops, on a thread of its own, in what it serves while it waits for the host.',
  source: 'own',
  guest: `
    host.later(1)
    host.callLater(() => { for (;;); })`,
  enter: ['wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
