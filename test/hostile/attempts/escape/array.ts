import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from an array of the host, its items and its methods.',
  source: 'own: the args array of an executor of scripts',
  guest:
    'climb(host.list, host.list[1], host.list[2], host.list.map, host.list[Symbol.iterator]())',
  ends: /nothing/,
} satisfies Attempt
