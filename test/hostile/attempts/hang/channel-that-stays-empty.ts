import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Waits, blocking, for an item that no one sends.',
  source: 'own',
  guest: 'host.post.receiver.receiveSync()',
  options: { wallTimeout: 500 },
  ends: /^error (FARHOLD_WOULD_BLOCK|FARHOLD_CALL_TIMEOUT)$/,
} satisfies Attempt
