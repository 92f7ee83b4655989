import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back, throws and passes on a proxy that is revoked.',
  source: 'own',
  guest: `
    const { proxy, revoke } = Proxy.revocable({}, {})
    const other = Proxy.revocable(function () {}, {})
    revoke(); other.revoke()
    for (const use of [host.echo, host.text, host.json, host.keysOf, host.throwIt]) { for (const value of [proxy, other.proxy, [proxy]]) { try { use(value) } catch {} } }
    throw proxy`,
  ends: /^error FARHOLD_CONTEXT_CLOSED$/,
} satisfies Attempt
