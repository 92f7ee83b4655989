import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has Promise, then and resolve do nothing, or loop.',
  source: 'own',
  guest: `
    Promise.prototype.then = function () { for (;;); }
    Promise.resolve = Promise.withResolvers = () => ({ promise: {}, resolve() {}, reject() {} })
    globalThis.Promise = class { then() {} }
    host.later(1)`,
} satisfies Attempt
