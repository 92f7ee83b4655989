import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Replaces what the runtime works with only when the host calls back, after the call has ended.',
  source: 'own',
  guest: `
    host.keep(() => { JSON.stringify = () => '[1,2,3]'; Array.prototype.push = () => { for (;;); }; return host.ping() })
    host.keep(() => host.ping())
    1`,
  options: { timeout: 400 },
  ends: /^value 1$/,
} satisfies Attempt
