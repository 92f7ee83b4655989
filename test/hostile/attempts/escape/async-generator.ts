import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Delegates to a thenable inside an async generator, so that the engine of the host hands over what it throws.',
  source: 'CVE-2026-45411',
  guest: `
    (async () => {
      const got = []
      const closing = { get then() { try { host.overflow() } catch (error) { got.push(climb(error)) } return undefined } }
      async function* outer() { yield* { [Symbol.asyncIterator]() { return this }, next: () => ({ value: 1, done: false }), return: () => closing } }
      const generator = outer()
      await generator.next()
      try { await generator.return(closing) } catch (error) { got.push(climb(error)) }
      const theirs = host.countLater()
      got.push(climb(theirs, theirs.next, theirs[Symbol.asyncIterator]))
      try { got.push(climb(await theirs.next())) } catch (error) { got.push(climb(error)) }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
