import type { View } from '@farhold/core'
import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Keeps an exclusive lease, and waits for another of the same range.',
  source: 'own',
  guest: `(async () => {
    globalThis.kept = await host.memory.lease()
    await host.memory.lease()
  })()`,
  enter: ['eval'],
  options: { wallTimeout: 500 },
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
  afterwards: async ({ context, fixture }) => {
    await context.close()
    const { memory } = fixture.root as { memory: View }
    using lease = await memory.lease({ timeout: 1000 })
    if (lease.array.length !== 8) throw new Error('the lease is not whole')
  },
} satisfies Attempt
