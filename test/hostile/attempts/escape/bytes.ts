import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from bytes of the host.',
  source: 'own',
  guest: 'climb(host.bytes, host.small(), host.bytes.buffer, host.small().buffer)',
  ends: /nothing/,
} satisfies Attempt
