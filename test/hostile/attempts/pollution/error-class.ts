import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws errors named as built-ins of the host, so that they are revived as those.',
  source: 'CVE-2026-23737',
  guest: `
    (async () => {
      const got = []
      for (const name of ['__proto__', 'constructor', 'Function', 'Object', 'toString', 'Ledger', 'Promise', 'ContextClosedError', 'hasOwnProperty']) {
        const error = new Error('x')
        Object.defineProperty(error, 'name', { value: name })
        try { got.push(await host.catching(() => { throw error })) } catch (caught) { got.push(caught.name) }
        class Named extends Error {}
        Object.defineProperty(Named, 'name', { value: name })
        Named.prototype.name = name
        try { got.push(climb(host.echo(new Named('y')))) } catch (caught) { got.push(caught.name) }
      }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
