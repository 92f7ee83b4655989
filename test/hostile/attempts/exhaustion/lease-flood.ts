import type { View } from '@farhold/core'
import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Takes shared leases of a view of the host and gives none back.',
  source: 'own',
  guest: `(async () => {
    const leases = []
    for (let n = 0; n < 3000; n++) leases.push(await host.memory.lease({ mode: 'shared' }))
    return leases.length
  })()`,
  enter: ['eval'],
  options: { wallTimeout: 5000 },
  afterwards: async ({ context, fixture }) => {
    await context.close()
    const { memory } = fixture.root as { memory: View }
    using lease = await memory.lease({ timeout: 1000 })
    if (lease.array[0] !== 1) throw new Error('the memory has changed')
  },
} satisfies Attempt
