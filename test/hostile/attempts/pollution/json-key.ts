import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an own key __proto__, as JSON makes it, into a careless merge.',
  source: 'CVE-2018-16487',
  guest: `host.configure(JSON.parse('{"__proto__": {"polluted": 1}, "nested": {"__proto__": {"polluted": 2}}}'))`,
  ends: /^value /,
} satisfies Attempt
