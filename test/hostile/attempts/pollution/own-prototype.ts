import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Pollutes its own Object.prototype before it sends options.',
  source: 'CVE-2022-29078',
  guest: `
    Object.prototype.isAdmin = true
    host.optionsOf({})`,
  ends: /^value \{"isAdmin":false\}$/,
} satisfies Attempt
