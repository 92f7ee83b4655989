import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Replaces Reflect, Function.prototype.call and apply, so that every call of the runtime passes the guest.',
  source: 'CVE-2021-21413',
  guest: `
    const got = []
    const spy = (before) => function (...args) { for (const arg of [this, ...args]) { try { if (arg && (typeof arg === 'object' || typeof arg === 'function') && ('applySync' in arg || 'applySyncPromise' in arg || 'derefInto' in arg)) got.push('a handle') } catch {} } return Reflect_apply(before, this, args) }
    const Reflect_apply = Reflect.apply
    for (const key of Reflect.ownKeys(Reflect)) if (typeof Reflect[key] === 'function') Reflect[key] = spy(Reflect[key])
    for (const key of ['call', 'apply', 'bind']) Function.prototype[key] = spy(Function.prototype[key])
    host.ping()
    host.say(...got, 'looked')
    got`,
} satisfies Attempt
