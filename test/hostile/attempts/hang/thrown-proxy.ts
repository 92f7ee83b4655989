import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws a proxy of an error all of whose traps loop.',
  source: 'CVE-2023-30547',
  guest: `throw new Proxy(new Error('x'), new Proxy({}, { get: () => () => { for (;;); } }))`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
