import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has its runtime send messages of tags that do not exist.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 99, 1, 2, -1, 'x', null, [1]])
    host.ping()`,
} satisfies Attempt
