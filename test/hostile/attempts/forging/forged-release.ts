import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back references that it never had, and the root, and the control object.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 4, 0, 1e9, 4, 1, 1e9, 4, 5, 2 ** 53, 4, -3, -1])
    host.ping()`,
} satisfies Attempt
