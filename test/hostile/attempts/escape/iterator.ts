import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from an iterator of the host and from its results.',
  source: 'own',
  guest: `
    const iterator = host.count()
    climb(iterator, iterator.next, iterator.next?.(), iterator[Symbol.iterator], iterator.return)`,
  ends: /nothing/,
} satisfies Attempt
