import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Climbs from call, apply and bind of a function of the host, and from what bind gives.',
  source: 'own',
  guest: `
    const got = []
    for (const name of ['call', 'apply', 'bind', 'toString', 'name', 'length', Symbol.hasInstance]) { try { got.push(climb(host.ping[name])) } catch (error) { got.push(climb(error)) } }
    try { got.push(climb(host.ping.bind(null), host.ping.bind({}))) } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
