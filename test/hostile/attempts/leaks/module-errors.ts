import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fails to link a module, and to parse one.',
  source: 'own',
  guest: `import { a } from './missing.js'`,
  enter: ['module'],
  ends: /^error Error$/,
} satisfies Attempt
