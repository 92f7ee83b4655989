import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Overflows its stack in a callback of the host.',
  source: 'CVE-2019-10761',
  guest:
    '(async () => await host.catching(() => { const deeper = () => deeper() + 1; return deeper() }))()',
  enter: ['eval', 'wait'],
} satisfies Attempt
