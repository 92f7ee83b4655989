import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host parse and stringify what is nested deep.',
  source: 'own',
  guest: `
    let list = {}
    for (let n = 0; n < 190; n++) list = { list }
    host.json(host.echo(list)).length`,
} satisfies Attempt
