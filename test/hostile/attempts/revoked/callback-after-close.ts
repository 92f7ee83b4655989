import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Leaves callbacks with the host that are called when the guest is gone.',
  source: 'own',
  guest: 'host.keep(() => "late"); host.keep(async () => host.ping()); 1',
  enter: ['eval'],
  afterwards: async ({ context, fixture }) => {
    await context.close()
    for (const callback of fixture.kept) {
      const ended = await Promise.resolve(callback()).then(
        String,
        (error: { code?: string }) => error.code,
      )
      if (ended !== 'FARHOLD_CONTEXT_CLOSED')
        throw new Error(`a callback of a closed context gave ${ended}`)
    }
  },
} satisfies Attempt
