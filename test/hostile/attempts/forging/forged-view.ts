import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends a view whose home is an object of the host, and whose memory is none.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['presence', 'view', '\\u00001', 'Uint8Array', 8, 1, 1, [], {}], ['home', 2, null]], null]])
    host.ping()`,
} satisfies Attempt
