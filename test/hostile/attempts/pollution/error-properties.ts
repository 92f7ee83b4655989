import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws errors whose own properties name prototypes.',
  source: 'own',
  guest: `
    (async () => {
      const error = Object.assign(new Error('x'), JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'))
      Object.defineProperty(error, '__proto__', { enumerable: true, value: { polluted: 1 } })
      Object.defineProperty(error, 'cause', { value: JSON.parse('{"__proto__": {"polluted": 1}}') })
      await host.catching(() => { throw error })
      try { host.configure(error) } catch {}
      try { host.configure({ error }) } catch {}
      throw error
    })()`,
  enter: ['eval', 'wait'],
  ends: /^error Error$/,
} satisfies Attempt
