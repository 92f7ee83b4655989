import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Writes to the bytes of a lease after it has been given back, and to those of a shared one.',
  source: 'own',
  guest: `(async () => {
    const lease = await host.memory.lease({ range: [0, 2] })
    const kept = lease.array
    lease[Symbol.dispose]()
    try { kept.fill(9) } catch {}
    const read = await host.memory.lease({ mode: 'shared' })
    read.array.fill(9)
    read[Symbol.dispose]()
    const again = await host.memory.lease({ mode: 'shared' })
    return [kept.length, lease.array === undefined, ...again.array]
  })()`,
  enter: ['eval'],
  ends: /^value \[0,true,1,2,3,4,5,6,7,8\]$/,
} satisfies Attempt
