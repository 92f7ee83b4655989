import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from an error that a method of the host throws.',
  source: 'CVE-2026-22686',
  guest: `try { host.fail('x') } catch (error) { climb(error, error.message, error.stack) }`,
  ends: /nothing/,
} satisfies Attempt
