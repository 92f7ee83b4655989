import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from a Date and a RegExp of the host.',
  source: 'own',
  guest: 'climb(host.date, host.pattern, host.date.toISOString, host.pattern.exec)',
  ends: /nothing/,
} satisfies Attempt
