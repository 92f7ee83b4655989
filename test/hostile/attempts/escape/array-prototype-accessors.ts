import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Watches what anyone writes to an array, by accessors for its first indexes.',
  source: 'CVE-2026-44008',
  guest: `
    const got = []
    for (const index of [0, 1, 2, 3]) {
      Object.defineProperty(Array.prototype, index, {
        configurable: true,
        get() { got[got.length] = 'read'; return undefined },
        set(value) { Object.defineProperty(this, index, { value, writable: true, enumerable: true, configurable: true }); if (typeof value === 'function' || typeof value === 'object') climb(value, this) !== 'nothing' && (globalThis.out = climb(value, this)) },
      })
    }
    try { host.echo([1, 2]); host.call((...args) => args, 1, host.list) } catch {}
    for (const index of [0, 1, 2, 3]) delete Array.prototype[index]
    globalThis.out ?? 'nothing' `,
  ends: /nothing/,
} satisfies Attempt
