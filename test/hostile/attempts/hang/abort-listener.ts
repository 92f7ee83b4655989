import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Listens to a signal of the host with a listener that loops.',
  source: 'own',
  guest: `host.signal.addEventListener('abort', () => { for (;;); }); 1`,
  afterwards: async ({ fixture, context }) => {
    fixture.revoke()
    await context.eval('1').catch(() => undefined)
  },
} satisfies Attempt
