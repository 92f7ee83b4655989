import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the checks of numbers and of arrays say yes to everything.',
  source: 'own',
  guest: `
    Number.isSafeInteger = Number.isInteger = Number.isNaN = Array.isArray = Object.isFrozen = () => true
    Math.max = Math.min = Math.ceil = () => NaN
    Date.now = () => NaN
    Number.MAX_SAFE_INTEGER === 0
    host.echo({ a: [1, { b: 2 }], c: () => 1 })`,
} satisfies Attempt
