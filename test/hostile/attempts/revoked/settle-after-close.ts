import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Is closed while promises of the host are on their way to it, which settle later.',
  source: 'own',
  guest:
    'for (let n = 0; n < 50; n++) host.later(() => n).then((f) => f()); host.each([1, 2, 3], async (x) => host.later(x)); 1',
  enter: ['eval'],
  afterwards: async ({ context }) => {
    const late = context.eval('host.failLater("late")').catch(() => undefined)
    await context.close()
    await late
  },
} satisfies Attempt
