import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws what is no error, and errors that are odd.',
  source: 'own',
  guest: `
    const got = []
    for (const value of [undefined, null, 0, 'text', 10n, Symbol('x'), () => 1, [], Object.create(Error.prototype), Object.assign(Object.create(null), { message: 'x' }), Object.setPrototypeOf(new Error('x'), null), new Error({ toString: () => 'x' }), Object.freeze(new Error('frozen'))]) {
      try { host.throwIt(value) } catch (error) { got.push(typeof error) }
      host.keep(() => { throw value })
    }
    got`,
} satisfies Attempt
