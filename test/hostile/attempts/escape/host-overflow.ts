import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the RangeError of an overflow inside the host.',
  source: 'CVE-2019-10761',
  guest: 'try { host.overflow() } catch (error) { climb(error, error.stack) }',
  ends: /nothing/,
} satisfies Attempt
