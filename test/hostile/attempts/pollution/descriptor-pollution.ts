import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Pollutes its own Object.prototype with what property descriptors read, before and during calls.',
  source: 'own',
  guest: `
    const got = []
    for (const [key, value] of [['get', () => 1], ['set', () => 1], ['value', 1], ['writable', true], ['enumerable', true]]) {
      Object.prototype[key] = value
      try { got.push(host.optionsOf({ a: 1 }), host.echo([1, { b: 2 }])) } catch (error) { got[got.length] = error.name }
      delete Object.prototype[key]
    }
    got.length`,
  ends: /^value /,
} satisfies Attempt
