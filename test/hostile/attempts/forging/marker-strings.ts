import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends strings that look like the markers of slots.',
  source: 'own',
  guest: `
    const got = []
    for (const text of ['\\u00000', '\\u0000\\u00000', '\\u0000-1', '\\u0000', '\\u00001e9']) { got.push(host.echo(text) === text, host.echo([text, { [text]: text }])[0] === text) }
    got.every(Boolean)`,
  options: { timeout: 1000 },
  ends: /^value true$/,
} satisfies Attempt
