import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Is closed while iterations go on in both directions.',
  source: 'own',
  guest: `
    (async () => {
      const theirs = host.countLater()[Symbol.asyncIterator]()
      try { await theirs.next() } catch {}
      host.take((async function* () { for (;;) { await host.later(1); yield 1 } })())
      host.keep(() => theirs.next?.())
      return 1
    })()`,
  enter: ['eval'],
  afterwards: ({ context }) => context.close(),
} satisfies Attempt
