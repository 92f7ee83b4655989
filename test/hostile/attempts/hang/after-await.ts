import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Loops after a promise of the host has settled, when no call of the host is under way.',
  source: 'isolated-vm: timeout does not cover what follows an awaited promise',
  guest: '(async () => { await host.later(1); for (;;); })()',
  enter: ['eval', 'wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
