import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an integer of a million digits.',
  source: 'own',
  guest: `host.echo(BigInt('9'.repeat(200000))) > 0n`,
  options: { timeout: 2000 },
} satisfies Attempt
