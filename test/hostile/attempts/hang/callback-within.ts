import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops in a callback that the host calls inside a call.',
  source: 'CVE-2022-23923',
  guest: '(async () => await host.call(() => { for (;;); }))()',
  enter: ['eval', 'wait'],
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
