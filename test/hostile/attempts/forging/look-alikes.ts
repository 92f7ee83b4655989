import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends objects that look like proxies, marks and references of the library.',
  source: 'own',
  guest: `
    const got = []
    for (const key of ['farhold.proxy', 'farhold', '@farhold/core', 'farhold.by-reference', 'farhold.released']) {
      const fake = { [Symbol.for(key)]: true, id: 0, handle: { id: 0, session: {} }, path: [], kind: 'function' }
      for (const use of [host.echo, host.isLedger, host.keysOf, host.kindOf]) { try { got.push(climb(use(fake))) } catch (error) { got.push(climb(error)) } }
    }
    got`,
} satisfies Attempt
