import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives everything a toJSON that looks at what it is called on.',
  source: 'own',
  guest: `
    const got = []
    Object.prototype.toJSON = function (key) { if (this && 'applySync' in Object(this)) got.push('a handle'); return this }
    String.prototype.toJSON = function () { return 'mine' }
    Number.prototype.toJSON = function () { return 2 ** 53 }
    host.echo({ a: [1] })`,
} satisfies Attempt
