import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Says hello again as another, with a version of its own.',
  source: 'own',
  guest: `
    forge((fields) => [0, 1, 'main', 1, 0, 2 ** 31, '__proto__', 0, ...fields])
    host.ping()`,
} satisfies Attempt
