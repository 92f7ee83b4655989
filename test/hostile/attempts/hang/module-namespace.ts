import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Exports what loops when it is read.',
  source: 'own',
  guest:
    'export const list = { get a() { for (;;); } }; export default new Proxy(() => 1, { get() { for (;;); } })',
  enter: ['module'],
  afterwards: async ({ context }) => {
    const remote = context.remote as unknown as Record<string, Promise<unknown>>
    await Promise.allSettled([remote.list, remote.default])
  },
} satisfies Attempt
