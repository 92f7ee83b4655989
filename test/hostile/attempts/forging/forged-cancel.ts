import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Cancels calls that are not its own, with reasons that are odd.',
  source: 'own',
  guest: `
    forge((fields) => [7, 0, 1, { then: 1 }, null, 7, 99, 1, 'x', null, ...fields])
    host.ping()`,
} satisfies Attempt
