import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Matches a regular expression that backtracks for ever, in the guest and by a pattern given to the host.',
  source: 'CVE-2022-25883',
  guest: `
    const pattern = /^(a+)+$/
    try { host.echo(pattern) } catch {}
    pattern.test('a'.repeat(50) + '!')`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
