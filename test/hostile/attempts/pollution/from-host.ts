import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Has the host give back data that would pollute the guest itself: the other direction.',
  source: 'own',
  guest: `
    const text = '{"__proto__": {"polluted": 1}}'
    try { Object.assign({}, host.echo(JSON.parse(text))) } catch {}
    try { Object.assign({}, host.fromEntries([['__proto__', { polluted: 1 }]])) } catch {}
    [({}).polluted, [].polluted, host.polluted].map(String)`,
  ends: /^value \["undefined","undefined","undefined"\]$/,
} satisfies Attempt
