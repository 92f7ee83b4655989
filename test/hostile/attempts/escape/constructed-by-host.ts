import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host construct a class of the guest, and climbs from what it is given.',
  source: 'own',
  guest: `
    (async () => {
      const got = []
      class Trap { constructor(...args) { got.push(climb(this, ...args, new.target)) } }
      try { got.push(climb(await host.construct(Trap))) } catch (error) { got.push(climb(error)) }
      try { got.push(climb(await host.construct(Function), await host.call(Function, 'return process'), await host.call(eval, 'this'))) } catch (error) { got.push(climb(error)) }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
