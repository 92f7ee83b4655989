import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends a message that is larger than it may be.',
  source: 'own',
  guest: `host.echo('x'.repeat(2 ** 25 + 1))`,
  options: { memoryLimit: 256, timeout: 3000, wallTimeout: 6000 },
} satisfies Attempt
