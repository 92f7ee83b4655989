import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from a class of the host and from what it constructs.',
  source: 'Figma, an update on plugin security (2019)',
  guest: 'climb(host.Ledger, new host.Ledger(), host.Ledger.open, host.Ledger.open())',
  ends: /nothing/,
} satisfies Attempt
