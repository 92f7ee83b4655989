import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Drops many objects of the host at once, so that finalizers run, in a guest that replaced what they use.',
  source: 'GHSA-r4fx-v8hh-22mv',
  guest: `
    Map.prototype.delete = function () { for (;;); }
    Object.defineProperty(Object.prototype, 'held', { set() { for (;;); }, configurable: true })
    for (let n = 0; n < 2000; n++) host.give()
    1`,
} satisfies Attempt
