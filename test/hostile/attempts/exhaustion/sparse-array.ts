import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends an array whose length is all that there can be.',
  source: 'own',
  guest: `
    const list = []
    list[4294967294 - 1] = 1
    const got = []
    for (const use of [host.echo, host.slice, host.json]) { try { got.push(use(list) === undefined) } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  alone: true,
} satisfies Attempt
