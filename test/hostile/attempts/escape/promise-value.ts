import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the objects that a promise of the host resolves with.',
  source: 'CVE-2026-44000',
  guest:
    '(async () => climb(await host.later(host), await host.promise, await host.later(host.ledger)))()',
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
