import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends options with well-known symbols for keys, which change how an object is used.',
  source: 'own',
  guest: `
    const got = []
    for (const key of [Symbol.toPrimitive, Symbol.iterator, Symbol.asyncIterator, Symbol.toStringTag, Symbol.species, Symbol.unscopables, Symbol.isConcatSpreadable, Symbol.for('nodejs.util.inspect.custom')]) {
      try { got.push(host.configure({ [key]: () => { throw climb(this) } }) !== undefined) } catch (error) { got.push(error.name) }
    }
    got`,
  ends: /^value /,
} satisfies Attempt
