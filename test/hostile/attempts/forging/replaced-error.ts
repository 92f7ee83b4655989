import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Replaces Error and its subclasses, so that the runtime fails with classes of the guest.',
  source: 'own',
  guest: `
    for (const name of ['Error', 'TypeError', 'RangeError', 'AggregateError']) globalThis[name] = class { constructor() { for (;;); } }
    host.fail('x')`,
} satisfies Attempt
