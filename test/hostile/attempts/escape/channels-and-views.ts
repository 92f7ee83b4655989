import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Goes up from the ends of a channel, a view, a lease and an immutable value, and from what they throw.',
  source: 'own',
  guest: `(async () => {
    const { sender, receiver } = host.post
    const lease = await host.memory.lease()
    const errors = []
    for (const run of [() => sender.trySend(new (class Mine {})()), () => receiver.close({ force: 1 }), () => host.memory.lease({ range: [0, 99] })])
      try { await run() } catch (error) { errors.push(error) }
    return climb(sender, receiver, sender.send, receiver[Symbol.asyncIterator], host.memory, lease, lease.array, host.frozen, host.frozen.bytes, ...errors)
  })()`,
  enter: ['eval'],
  ends: /^value "nothing"$/,
} satisfies Attempt
