import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Defines the key __proto__ so that it is own, enumerable and an accessor.',
  source: 'own',
  guest: `
    const options = {}
    Object.defineProperty(options, '__proto__', { enumerable: true, configurable: true, get: () => ({ polluted: 1 }) })
    const bare = Object.assign(Object.create(null), { nested: options })
    Object.defineProperty(bare, '__proto__', { enumerable: true, value: { polluted: 1 } })
    try { host.configure(options) } catch {}
    host.configure(bare)`,
  ends: /^value /,
} satisfies Attempt
