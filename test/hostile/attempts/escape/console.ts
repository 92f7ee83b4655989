import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the console.',
  source: 'own',
  guest: `
    const got = [climb(console, console.log, console.error)]
    for (const value of [host.ping, Symbol('x'), { toString() { throw climb(this) } }, new Proxy(() => 1, { get() { throw 1 } })]) { try { console.log(value) } catch (error) { got.push(climb(error)) } }
    got`,
  ends: /nothing/,
} satisfies Attempt
