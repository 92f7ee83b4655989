import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends data that is nested too deep.',
  source: 'own',
  guest: `
    let list = []
    for (let n = 0; n < 100000; n++) list = [list]
    host.echo(list)`,
  options: { timeout: 1000 },
} satisfies Attempt
