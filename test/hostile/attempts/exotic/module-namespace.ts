import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Exports odd names and lets its namespace be walked.',
  source: 'own',
  guest: `const a = 1; export { a as default, a as then, a as '__proto__', a as 'constructor', a as 'with space' }; export * as self from 'self'`,
  enter: ['module'],
  options: { modules: { self: 'export const x = () => { for (;;); }' } },
  afterwards: async ({ context }) => {
    const remote = context.remote as unknown as Record<string, Promise<unknown>>
    await Promise.allSettled([
      remote.default,
      remote.then,
      remote.self,
      Promise.resolve(Object.keys(remote)),
    ])
  },
} satisfies Attempt
