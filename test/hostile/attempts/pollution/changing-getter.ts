import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an option that is another at the second look.',
  source: 'own',
  guest: `
    let looks = 0
    host.optionsOf({ get isAdmin() { return looks++ > 0 } })`,
  ends: /^value \{"isAdmin":false\}$/,
} satisfies Attempt
