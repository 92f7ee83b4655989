import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Answers calls that the host never made, and the ones it made twice.',
  source: 'own',
  guest: `
    forge((fields) => [2, 0, 'mine', null, 2, 1, 'mine', null, 3, 2, null, null, 2, 0, 'again', null, ...fields])
    host.ping()`,
} satisfies Attempt
