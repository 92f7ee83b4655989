import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from an instance of a class of the host, its methods and its prototypes.',
  source: 'CVE-2021-23334',
  guest: 'climb(host.ledger, host.ledger.add, host.ledger.self(), host.give().ledger)',
  ends: /nothing/,
} satisfies Attempt
