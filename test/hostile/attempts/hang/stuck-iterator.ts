import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host iterate what never gives its first item.',
  source: 'own',
  guest: '(async () => await host.take((function* () { for (;;); })()))()',
  enter: ['eval', 'wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
