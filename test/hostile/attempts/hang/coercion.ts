import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host objects that loop when they are coerced.',
  source: 'own',
  guest: `
    const loop = () => { for (;;); }
    for (const trap of [{ toString: loop }, { valueOf: loop }, { [Symbol.toPrimitive]: loop }]) {
      for (const use of [host.text, host.template, host.ledger.add, host.json]) { try { use(trap) } catch {} }
    }
    1`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
