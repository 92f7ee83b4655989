import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an object of very many keys.',
  source: 'own',
  guest: `
    const many = {}
    for (let n = 0; n < 30000; n++) many['k' + n] = n
    Object.keys(host.echo(many)).length`,
  options: { memoryLimit: 256, timeout: 3000, wallTimeout: 6000 },
} satisfies Attempt
