import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends ends of channels and views whose parts are other things.',
  source: 'own',
  guest: `
    forge((fields) => [...fields, 1, 7000, 18, 2, ['echo'], ['\\u00000'], [[['presence', 'sender', '\\u00001'], ['home', 2, null]], null]])
    host.ping()`,
} satisfies Attempt
