import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Nests calls of the host in calls of the host, in arguments and answers.',
  source: 'own',
  guest: `
    (async () => {
      let value = remote(host).echo(1)
      for (let n = 0; n < 2000; n++) value = remote(host).echo(value)
      return await value
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
