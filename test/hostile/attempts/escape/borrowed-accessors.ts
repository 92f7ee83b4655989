import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Takes accessors of the host and calls them on objects of the guest.',
  source: 'own',
  guest: `
    const got = []
    for (const target of [host, host.ledger, host.Ledger, Object.getPrototypeOf(host.ledger) ?? host]) {
      for (const key of ['total', '__proto__', 'constructor', 'self']) {
        try {
          const property = Reflect.getOwnPropertyDescriptor(target, key)
          got.push(climb(property, property?.get, property?.get?.call(globalThis), property?.value?.call?.(globalThis)))
        } catch (error) { got.push(climb(error)) }
      }
    }
    got`,
  ends: /nothing/,
} satisfies Attempt
