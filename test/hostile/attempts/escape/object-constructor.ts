import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reaches the Function of the host through plain objects.',
  source: 'CVE-2017-16226',
  guest: 'climb(host, host.settings, host.nested, host.nested.deep)',
  ends: /nothing/,
} satisfies Attempt
