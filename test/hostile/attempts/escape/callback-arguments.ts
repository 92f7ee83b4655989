import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the arguments that the host calls a callback with.',
  source: 'CVE-2022-23923',
  guest:
    '(async () => await host.callWith(function (...args) { return climb(...args, arguments) }))()',
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
