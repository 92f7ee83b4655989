import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Listens to a signal of the host through the asynchronous proxy, with a listener that fails.',
  source: 'own',
  guest: `remote(host).signal.addEventListener('abort', () => { throw new Error('x') }); 1`,
  afterwards: async ({ fixture, context }) => {
    await context.eval('1')
    fixture.revoke()
    await context.eval('1').catch(() => undefined)
  },
} satisfies Attempt
