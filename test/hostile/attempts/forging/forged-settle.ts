import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Settles promises and signals of which it was given none.',
  source: 'own',
  guest: `
    forge((fields) => [6, 2, 1, { a: 1 }, null, 6, 3, 0, 'x', null, ...fields])
    host.ping()`,
} satisfies Attempt
