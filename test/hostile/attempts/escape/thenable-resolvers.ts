import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the functions that the host calls a thenable with.',
  source: 'CVE-2026-22709',
  guest: `
    (async () => {
      let got = 'never called'
      await host.awaitIt({ then(...args) { got = climb(this, ...args); args[0]?.(1) } })
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
