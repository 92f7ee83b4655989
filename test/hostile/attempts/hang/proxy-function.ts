import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host a proxy of a function all of whose traps loop.',
  source: 'own',
  guest: `
    const handler = new Proxy({}, { get: (_, trap) => (trap === 'getPrototypeOf' || trap === 'getOwnPropertyDescriptor' ? undefined : () => { for (;;); }) })
    host.keep(new Proxy(() => 1, handler))
    1`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
