import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Allows itself items without end of iterations that are not its own.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 9, 0, 2 ** 53, 9, 1, -1, 9, 77, 1e308])
    host.ping()`,
} satisfies Attempt
