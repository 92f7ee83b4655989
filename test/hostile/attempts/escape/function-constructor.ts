import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reaches the Function of the host through a function it was granted.',
  source: 'Node.js documentation of node:vm: it is not a security mechanism',
  guest: 'climb(host.ping, host.later, host.nested.deep.read, host.count)',
  ends: /nothing/,
} satisfies Attempt
