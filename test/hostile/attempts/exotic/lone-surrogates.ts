import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends strings that are no well-formed text, as values, keys and names.',
  source: 'own',
  guest: `const odd = ['\\ud800', '\\udfff\\ud800', '\\u0000', '__proto__\\u0000', '\\u2028']; host.echo({ odd, map: new Map(odd.map((text) => [text, text])), ['\\ud800']: 1 }).odd.length`,
  ends: /^value 5$/,
} satisfies Attempt
