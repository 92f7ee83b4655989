import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host a proxy and climbs from what its traps are called with.',
  source: 'own',
  guest: `
    const got = []
    const handler = new Proxy({}, { get: (_, trap) => (...args) => { got.push(climb(...args)); return Reflect[trap](...args) } })
    const spy = new Proxy(function () {}, handler)
    for (const use of [host.keysOf, host.json, host.text, host.configure, host.isLedger, host.kindOf]) { try { use(spy); use(new Proxy({ a: 1 }, handler)) } catch (error) { got.push(climb(error)) } }
    got`,
  options: { timeout: 700 },
} satisfies Attempt
