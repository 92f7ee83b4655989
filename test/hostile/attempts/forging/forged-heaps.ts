import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Says that the host waits for it, in the name of every heap.',
  source: 'own',
  guest: `
    forge((fields) => [10, [0, 1, 2, 3, 2 ** 31], 11, 0, [1, 2], ...fields])
    host.ping()`,
} satisfies Attempt
