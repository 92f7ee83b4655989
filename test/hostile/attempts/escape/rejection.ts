import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the error that a promise of the host rejects with.',
  source: 'CVE-2023-29017',
  guest: `
    (async () => {
      try { await host.failLater('x') } catch (error) { return climb(error, error.cause) }
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
