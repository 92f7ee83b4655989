import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Evaluates names with an object of the host for a scope, and unscopables of the guest.',
  source: 'realms-shim: Agoric, Realms and evaluator shim security (2019)',
  guest: `
    const got = []
    try { with (host) { got.push(climb(constructor)) } } catch (error) { got.push(climb(error)) }
    try { with (host.ping) { got.push(climb(constructor('return process')())) } } catch (error) { got.push(climb(error)) }
    try { with (new Proxy(host, { has: () => true, get: (target, key) => key === Symbol.unscopables ? undefined : Reflect.get(target, key) })) { got.push(climb(constructor)) } } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
