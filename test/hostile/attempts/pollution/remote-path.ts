import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes to a prototype by a path of the asynchronous proxy.',
  source: 'CVE-2020-8116',
  guest: `
    (async () => {
      const got = []
      for (const run of [
        () => { remote(host).settings.__proto__.polluted = 1 },
        () => { remote(host).settings.constructor.prototype.polluted = 1 },
        () => { remote(host)['__proto__']['polluted'] = 1 },
        async () => { await remote(host).settings.__proto__ },
        async () => { await remote(host).ping.constructor.prototype.polluted },
      ]) { try { await run(); got.push('done') } catch (error) { got.push(error.name) } }
      await host.later(1)
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
