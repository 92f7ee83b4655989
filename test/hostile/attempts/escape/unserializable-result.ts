import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Has the host fail on a value inside a value that cannot cross, and climbs from that failure.',
  source: 'CVE-2023-29198',
  guest: `
    (async () => {
      const got = []
      for (const value of [{ a: Symbol('x') }, [[new WeakMap()]], { get a() { throw new Error('x') } }, { a: { b: new (class Hidden {})() } }]) {
        try { host.echo(value) } catch (error) { got.push(climb(error, error.path)) }
        try { await host.callLater(() => value) } catch (error) { got.push(climb(error)) }
        try { await host.catching(() => { throw value }) } catch (error) { got.push(climb(error)) }
      }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
