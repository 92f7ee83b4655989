import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Makes two calls by one id.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, ...fields, ...fields])
    host.ping()`,
} satisfies Attempt
