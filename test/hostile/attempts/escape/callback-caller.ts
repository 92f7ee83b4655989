import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Looks at who has called a callback, in sloppy code.',
  source: 'realms-shim: Agoric, Realms shim security updates (2019)',
  guest: `
    (async () => await host.callWith(function f() {
      const got = []
      for (const look of [() => f.caller, () => f.caller.caller, () => f.arguments, () => f.caller.arguments, () => arguments.callee.caller]) {
        try { got.push(climb(look())) } catch {}
      }
      return got
    }))()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
