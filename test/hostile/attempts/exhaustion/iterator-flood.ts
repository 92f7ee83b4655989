import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Opens iterations of the host and leaves them open.',
  source: 'own',
  guest: `
    (async () => {
      const open = []
      for (let n = 0; n < 3000; n++) { const iterator = host.countLater()[Symbol.asyncIterator](); iterator.next().catch?.(() => 0); open.push(iterator) }
      return open.length
    })()`,
  enter: ['eval', 'wait'],
  options: { limits: { exports: 500, pendingCalls: 500 } },
} satisfies Attempt
