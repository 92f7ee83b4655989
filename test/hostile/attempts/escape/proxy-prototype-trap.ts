import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws a proxy whose prototype cannot be asked for without an overflow.',
  source: 'CVE-2023-30547',
  guest: `
    const trapped = new Proxy({}, { getPrototypeOf() { (function deeper() { new Error().stack; deeper() })() } })
    let got = []
    try { throw trapped } catch (error) { try { got.push(climb(error.constructor)) } catch (inner) { got.push(climb(inner)) } }
    try { host.throwIt(trapped) } catch (error) { got.push(climb(error)) }
    try { host.echo(trapped) } catch (error) { got.push(climb(error)) }
    got`,
  options: { timeout: 700 },
} satisfies Attempt
