import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Imports the module that only the own modules of the host may import.',
  source: 'own',
  guest: `
    import * as inner from 'farhold:inner'
    export const names = Object.keys(inner)`,
  enter: ['module'],
  ends: /^error Error$/,
} satisfies Attempt
