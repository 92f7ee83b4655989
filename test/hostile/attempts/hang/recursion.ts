import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls the host, which calls the guest, without end.',
  source: 'CVE-2019-10761',
  guest: 'const turn = () => host.call(turn); turn()',
} satisfies Attempt
