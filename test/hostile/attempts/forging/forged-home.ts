import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends back references of the host by ids and paths it never had.',
  source: 'CVE-2025-55182',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['home', 1, []]], null], 1, 7001, 18, 2, ['echo'], ['\\u00000'], [[['home', 0, ['constructor', 'constructor']]], null], 1, 7002, 18, 2, ['call'], ['\\u00000', 'return process'], [[['home', 2, ['ping', 'constructor']]], null], 1, 7003, 18, 2, ['echo'], ['\\u00000'], [[['of', 0, 'main', 2, 'object', 'x']], null]])
    host.ping()`,
} satisfies Attempt
