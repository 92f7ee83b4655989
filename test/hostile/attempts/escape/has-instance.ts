import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from what an instanceof with a class of the host involves.',
  source: 'own',
  guest: `
    const got = []
    try { got.push(climb(host.Ledger[Symbol.hasInstance])) } catch (error) { got.push(climb(error)) }
    class Trap { static [Symbol.hasInstance](value) { got.push(climb(value)); return true } }
    try { host.ledger instanceof Trap; ({}) instanceof host.Ledger; host.isLedger({ get constructor() { got.push(climb(this)); return host.Ledger } }) } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
