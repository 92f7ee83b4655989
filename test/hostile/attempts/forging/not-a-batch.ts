import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has its runtime send what is no batch.',
  source: 'own',
  guest: `
    forge(() => ({ length: 9, 0: 1 }))
    host.ping()`,
} satisfies Attempt
