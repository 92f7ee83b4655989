import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sleeps on a thread of its own when it is closed.',
  source: 'own',
  guest: '1',
  enter: ['wait'],
  afterwards: async ({ context }) => {
    const asleep = context
      .eval('host.never()')
      .then(String, (error: { code?: string }) => error.code)
    const turn = await context.eval('1 + 1').catch(() => 2)
    await context.close()
    if (turn !== 2 || (await asleep) !== 'FARHOLD_CONTEXT_CLOSED')
      throw new Error('the sleeper was not told')
  },
} satisfies Attempt
