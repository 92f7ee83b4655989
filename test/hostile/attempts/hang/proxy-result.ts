import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back a proxy all of whose traps loop.',
  source: 'isolated-vm: proxies met while a value is copied',
  guest: `
    const handler = new Proxy({}, { get: () => () => { for (;;); } })
    new Proxy({}, handler)`,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
