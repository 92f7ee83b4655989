import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes to a prototype by a path that its own proxy would refuse.',
  source: 'CVE-2025-55182',
  guest: `
    forge((fields) => [...fields, 1, 7000, 1 | 16, 2, ['__proto__', 'polluted'], [1], null, 1, 7001, 8 | 16, 2, ['__proto__', 'polluted'], [{ value: 1 }], null, 1, 7002, 12 | 16, 2, [], [null], null, 1, 7003, 1 | 16, 2, ['constructor', 'prototype', 'polluted'], [1], null])
    host.ping()`,
} satisfies Attempt
