import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the this of a callback.',
  source: 'CVE-2022-23923',
  guest:
    '(async () => await host.callWith(function () { return [climb(this), typeof this?.process, String(this === globalThis)] }))()',
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
