import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Names an immutable value that it never sent.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['immutable', 99]], null]])
    host.ping()`,
} satisfies Attempt
