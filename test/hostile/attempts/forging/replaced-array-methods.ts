import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces every method of arrays before calls.',
  source: 'own',
  guest: `
    for (const key of Reflect.ownKeys(Array.prototype)) { if (key !== 'constructor' && typeof Array.prototype[key] === 'function') Array.prototype[key] = function () { throw { get message() { for (;;); } } } }
    host.ping()`,
} satisfies Attempt
