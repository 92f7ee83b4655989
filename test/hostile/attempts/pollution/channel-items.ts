import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends items whose keys lead to prototypes, through a channel.',
  source: 'own',
  guest: `host.post.sender.trySend(JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"a":1}'))
host.json(host.optionsOf(host.post.receiver.tryReceive()))`,
  ends: /^value "{\\"isAdmin\\":false}"$/,
} satisfies Attempt
