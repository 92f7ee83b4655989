import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends a message of many values that are each small enough.',
  source: 'own',
  guest: `host.echo(Array.from({ length: 2000 }, () => 'x'.repeat(2 ** 15)))`,
  options: { memoryLimit: 256, timeout: 3000, wallTimeout: 6000 },
} satisfies Attempt
