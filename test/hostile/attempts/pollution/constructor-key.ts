import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends a path to the prototype through constructor into a careless merge.',
  source: 'CVE-2019-10744',
  guest:
    'host.configure({ constructor: { prototype: { polluted: 1 } }, nested: { constructor: { prototype: { polluted: 1 } } } })',
  ends: /^value /,
} satisfies Attempt
