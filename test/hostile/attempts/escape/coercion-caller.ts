import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Looks at who coerces an object: the arguments, this and callers of its toString and toPrimitive.',
  source: 'own',
  guest: `
    const got = []
    const trap = {
      [Symbol.toPrimitive](...args) { got.push(climb(this, ...args, arguments)); try { got.push(climb(arguments.callee.caller)) } catch {} return 'x' },
    }
    try { host.text(trap) } catch (error) { got.push(climb(error)) }
    try { host.ledger.add({ valueOf: trap[Symbol.toPrimitive] }) } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
