import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Climbs from what a handler of a rejected promise of the host is given, through then, catch and finally.',
  source: 'CVE-2026-22709',
  guest: `
    (async () => {
      const got = []
      await host.failLater('x').then(undefined, function (...args) { got.push(climb(this, ...args)) })
      await host.failLater('y').catch(function (...args) { got.push(climb(this, ...args)) })
      await host.failLater('z').finally(function (...args) { got.push(climb(this, ...args)) }).catch(() => 0)
      return got
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
