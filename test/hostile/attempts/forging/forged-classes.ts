import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Names built-ins as the class of an error, a registered class and a custom transformer.',
  source: 'CVE-2026-23737',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['error', 'Function', 'return process', '', {}, {}]], null], 1, 7001, 18, 2, ['echo'], ['\\u00000'], [[['registered', 'Function', { a: 1 }]], null], 1, 7002, 18, 2, ['echo'], ['\\u00000'], [[['custom', 'constructor', { a: 1 }]], null], 1, 7003, 18, 2, ['echo'], ['\\u00000'], [[['error', '__proto__', 'x', 'stack', { __proto__: 1, constructor: 2 }, { stack: 'y' }]], null]])
    host.ping()`,
} satisfies Attempt
