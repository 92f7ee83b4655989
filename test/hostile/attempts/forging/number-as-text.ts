import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has its runtime give numbers as what they are not.',
  source: 'own',
  guest: `
    forge((fields) => fields.map((field) => (typeof field === 'number' ? String(field) : field)))
    host.ping()`,
} satisfies Attempt
