import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Names a forbidden property by an object that becomes another key when it is looked at twice.',
  source: 'CVE-2021-23434',
  guest: `
    const got = []
    const shifty = () => { let n = 0; return { toString: () => (n++ === 0 ? 'name' : 'constructor') } }
    for (const target of [host, host.ping, host.ledger, remote(host)]) {
      for (const key of [['constructor'], shifty(), new String('constructor'), { [Symbol.toPrimitive]: () => '__proto__' }]) {
        try { got.push(climb(target[key])) } catch (error) { got.push(climb(error)) }
        try { got.push(climb(Reflect.get(target, key))) } catch (error) { got.push(climb(error)) }
      }
    }
    got`,
  ends: /nothing/,
} satisfies Attempt
