import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends as much as goes into a channel of the host: no more than its capacity does.',
  source: 'own',
  guest: `let sent = 0
while (sent < 10000 && host.post.sender.trySend({ sent, text: 'x'.repeat(1000) })) sent++
sent`,
  ends: /^value 8$/,
} satisfies Attempt
