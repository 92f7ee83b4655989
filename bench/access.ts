/**
 * What it adds to a call to look at what the peer may touch and what it may cost: the same call over a loopback, with nothing said about the object, and with
 * each of the things that an owner can say.
 */
import { connect, expose, loopback, type SessionOptions, type StandardSchema } from '@farhold/core'
import type { Contest, Contestant } from './interleave.ts'

class Calculator {
  add(a: number, b: number): number {
    return a + b
  }
}

/** As little as a validator can do. */
const passes: StandardSchema<readonly unknown[], [number, number]> = {
  '~standard': {
    version: 1,
    vendor: 'bench',
    validate: (value) => ({ value: value as [number, number] }), // it is what the bench sends
  },
}

const TIGHT = { messageSize: 4096, depth: 8, keys: 64, pendingCalls: 2000, callRate: 1_000_000_000 }

const CALLS = 1000

export const accessChecks: Contest = {
  title: 'access checks, 1000 calls at once over a loopback',
  calls: CALLS,
  start: async () => {
    const one = (
      name: string,
      options: SessionOptions = {},
      narrowing: {
        readonly only?: ['add']
        readonly methods?: ['add']
        readonly schema?: object
      } = {},
    ): Contestant => {
      const [here, there] = loopback()
      expose(new Calculator(), here, { ...options, ...narrowing } as SessionOptions)
      const { remote, close } = connect<Calculator>(there)
      return {
        name,
        run: async () => {
          await Promise.all(Array.from({ length: CALLS }, (_, index) => remote.add(index, 1)))
        },
        stop: () => close(),
      }
    }
    return [
      one('nothing said'),
      one('tight limits', { limits: TIGHT }),
      one("writes: 'none'", { writes: 'none' }),
      one('policy', { policy: { allow: () => true } }),
      one('only, methods', {}, { only: ['add'], methods: ['add'] }),
      one('schema', {}, { schema: { add: { args: passes } } }),
    ]
  },
}
