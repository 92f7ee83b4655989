import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Changes collections of the host by their own methods, through the asynchronous proxy.',
  source: 'own',
  guest: `
    (async () => {
      const got = []
      for (const run of [
        () => remote(host).list.push(4),
        () => remote(host).list.sort(),
        () => remote(host).list.splice(0, 1),
        () => remote(host).map.set('key', 1),
        () => remote(host).set.clear(),
        () => remote(host).bytes.fill(9),
        () => remote(host).date.setTime(5),
        () => remote(host).pattern.compile('b'),
      ]) { try { await run(); got.push('done') } catch (error) { got.push(error.code ?? error.name) } }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
