import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks for a path without end.',
  source: 'own',
  guest: `
    (async () => {
      let path = remote(host)
      for (let n = 0; n < 100000; n++) path = path.nested
      return await path
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
