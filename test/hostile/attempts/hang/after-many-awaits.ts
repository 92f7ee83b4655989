import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Loops after each of many promises of the host, in continuations of their own.',
  source: 'own',
  guest: `
    for (let n = 0; n < 5; n++) host.later(n).then(() => { for (;;); })
    host.later(9)`,
} satisfies Attempt
