import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends options whose prototype says what they do not.',
  source: 'own',
  guest: 'host.optionsOf(Object.create({ isAdmin: true }))',
  ends: /^(value \{"isAdmin":false\}|error FARHOLD_NOT_SHAREABLE)$/,
} satisfies Attempt
