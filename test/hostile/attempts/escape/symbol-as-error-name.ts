import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Gives an error a symbol for a name, so that to read its stack throws an error of the engine.',
  source: 'CVE-2023-32314',
  guest: `
    const got = []
    const error = new Error('x')
    error.name = Symbol('name')
    try { got.push(climb(error.stack)) } catch (thrown) { got.push(climb(thrown)) }
    error.name = { toString: new Proxy(() => '', { apply(target, receiver, args) { throw climb(target, args) } }) }
    try { error.stack } catch (thrown) { got.push(thrown) }
    try { host.throwIt(error) } catch (thrown) { got.push(climb(thrown)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
