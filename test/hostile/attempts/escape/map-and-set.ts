import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from a Map and a Set of the host and from what they hold.',
  source: 'own',
  guest: `climb(host.map, host.map.get('key'), host.set, host.map.entries(), host.map.get)`,
  ends: /nothing/,
} satisfies Attempt
