import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls the host, which calls the guest, without end, by promises.',
  source: 'CVE-2025-55184',
  guest: 'const turn = async () => await host.callLater(turn); turn()',
} satisfies Attempt
