import { spawnIsolate } from '@farhold/transport-isolate'
import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Uses, in one guest, a function of another guest that is gone.',
  source: 'own',
  guest: 'host.keep(() => "mine"); 1',
  enter: ['eval'],
  afterwards: async ({ context, fixture }) => {
    await using second = await spawnIsolate({ globals: { theirs: fixture.kept[0] }, timeout: 500 })
    const before = await second.eval('theirs()').then(String, (error: Error) => error.message)
    await context.close()
    const after = await second
      .eval('theirs()')
      .then(String, (error: { code?: string }) => error.code)
    if (before !== 'mine' || after === 'mine')
      throw new Error(`before "${before}", after "${after}"`)
  },
} satisfies Attempt
