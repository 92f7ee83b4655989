import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from a promise of the host, and from its methods.',
  source: 'CVE-2026-44000',
  guest: `
    const promise = host.later(1)
    climb(promise, promise.then, promise.catch, promise.finally, host.promise)`,
  ends: /nothing/,
} satisfies Attempt
