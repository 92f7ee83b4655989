import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Registers symbols without end in the registry of the host.',
  source: 'own',
  guest: `for (let n = 0; ; n++) { try { host.echo(Symbol.for('flood' + n)) } catch {} }`,
} satisfies Attempt
