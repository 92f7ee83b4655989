import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends sizes of buffers and of arrays that are all lies.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['bytes', 'Float64Array', 0, 3, 2 ** 40]], null], 1, 7001, 18, 2, ['echo'], ['\\u00000'], [[['sparse', 2 ** 32 - 1, [2 ** 31, -1, 'length'], [1, 2, 3]]], null], 1, 7002, 18, 2, ['echo'], ['\\u00000'], [[['window', 'Int8Array', '\\u00000', 0, 1e9]], null]])
    host.ping()`,
} satisfies Attempt
