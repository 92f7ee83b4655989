import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends bytes without end.',
  source: 'own',
  guest: 'for (;;) host.echo(new Uint8Array(2 ** 20))',
} satisfies Attempt
