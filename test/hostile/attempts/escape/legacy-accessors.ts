import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Uses the old accessor methods of Object.prototype on an object of the host.',
  source: 'CVE-2021-23449',
  guest: `
    const got = []
    for (const run of [
      () => host.__lookupGetter__('__proto__').call(host),
      () => host.__defineGetter__('stolen', () => 1),
      () => host.ledger.__lookupGetter__('total'),
      () => Object.prototype.__lookupGetter__('__proto__').call(host.ping),
      () => Object.prototype.__lookupGetter__.call(host.ledger, 'total'),
    ]) { try { got.push(climb(run())) } catch (error) { got.push(climb(error)) } }
    got`,
  ends: /nothing/,
} satisfies Attempt
