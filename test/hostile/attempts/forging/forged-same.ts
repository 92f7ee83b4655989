import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Names containers that do not exist as the same as others.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], [['\\u00000', '\\u00001', '\\u00002', '\\u00009', '\\u0000-1']], [[['same', 99], ['same', -1], ['map', ['\\u00000', '\\u00002']]], null]])
    host.ping()`,
} satisfies Attempt
