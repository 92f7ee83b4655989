import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has given the host a signal, and listens to one, when it is closed.',
  source: 'own',
  guest: `host.signal.addEventListener('abort', () => { for (;;); }); 1`,
  enter: ['eval'],
  afterwards: async ({ context, fixture }) => {
    await context.close()
    fixture.revoke()
  },
} satisfies Attempt
