import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops while the host closes the context.',
  source: 'own',
  guest: '1',
  enter: ['eval'],
  afterwards: async ({ context }) => {
    const looping = context.eval('for (;;);').catch(() => undefined)
    const waiting = context.eval('host.never()').catch(() => undefined)
    await context.close()
    await Promise.all([looping, waiting])
  },
} satisfies Attempt
