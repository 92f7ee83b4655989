/**
 * How a process fares with peers that died or are waited for: nothing of the dead keeps it alive, and what is
 * awaited does. Idle contexts and calls are in the tests of each transport.
 */
import { describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const START = `
  import { spawnIsolate } from '@farhold/transport-isolate'
  import { spawnWorker } from '@farhold/transport-worker'
  import { startIsolate, startWorker } from './failure/doomed.ts'
  import { outcomeOf } from './failure/outcome.ts'
`

/** Longer than a program may take: a timer of this length that is left keeps it past its limit. */
const LONG = 600_000

async function runs(program: string, output: string): Promise<void> {
  const ended = await runProgram(START + program)
  expect(ended).toEqual({ code: 0, signal: null, output, errors: '' })
}

describe('timers of the dead keep no process alive', () => {
  test('the wallTimeout of calls that were lost', () =>
    runs(
      `const peer = await startIsolate({ wallTimeout: ${LONG} })
      const calls = [peer.remote.hang(), peer.remote.account().owner()].map(outcomeOf)
      await peer.remote.echo(0)
      await peer.close()
      for (const { reason } of await Promise.all(calls)) console.log(reason)`,
      'closed\nclosed',
    ))

  test('the timeout of a call that was lost', () =>
    runs(
      `const { withOptions } = await import('@farhold/core')
      const peer = await startWorker()
      const call = outcomeOf(withOptions(peer.remote, { timeout: ${LONG} }).hang())
      void outcomeOf(peer.remote.exit(3))
      console.log((await call).exitCode)`,
      '3',
    ))

  test('the timeout of a stretch of execution', () =>
    runs(
      `const peer = await startIsolate({ timeout: ${LONG} })
      const started = Promise.withResolvers()
      await peer.context.bind({ started: () => started.resolve() })
      const call = outcomeOf(peer.context.eval('started(); for (;;);'))
      await started.promise
      await peer.close()
      console.log((await call).reason)`,
      'closed',
    ))

  test.each(['startWorker', 'startIsolate'])(
    'the timeout of a closing that drained (%s)',
    (start) =>
      runs(
        `const peer = await ${start}()
      const gate = Promise.withResolvers()
      const call = outcomeOf(peer.remote.ask(() => gate.promise))
      await peer.remote.echo(0)
      const closing = peer.close({ drain: true, timeout: ${LONG} })
      gate.resolve('open')
      await closing
      console.log((await call).value)`,
        'open',
      ),
  )

  test('the timeout of a closing that was overtaken by the death', () =>
    runs(
      `const peer = await startWorker()
      const closing = peer.close({ drain: true, timeout: ${LONG} })
      const call = outcomeOf(peer.remote.hang())
      const other = await startWorker()
      const late = outcomeOf(other.remote.hang())
      const draining = other.close({ drain: true, timeout: ${LONG} })
      void outcomeOf(other.remote.exit(3))
      await Promise.all([closing, draining])
      console.log((await call).reason, (await late).exitCode)`,
      'closed 3',
    ))

  test('the timeout of a module that failed to load', () =>
    runs(
      `console.log((await outcomeOf(spawnWorker('data:text/javascript,process.exit(7)', { timeout: ${LONG} }))).exitCode)`,
      '7',
    ))

  test('the timeouts of a module of an isolate that failed to load', () =>
    runs(
      `console.log((await outcomeOf(spawnIsolate({ source: 'throw new RangeError("no")', timeout: ${LONG}, wallTimeout: ${LONG} }))).error)`,
      'RangeError',
    ))
})

describe('what is awaited of a worker keeps the process alive', () => {
  test('an iteration', () =>
    runs(
      `const peer = await startWorker()
      const items = await peer.context.call(async function* () {
        for (let item = 0; item < 3; item++) yield await new Promise((resolve) => setTimeout(resolve, 100, item))
      })
      for await (const item of items) console.log(item)`,
      '0\n1\n2',
    ))

  test('a call that waits in the worker for an answer of ours', () =>
    runs(
      `const peer = await startWorker()
      console.log(await peer.remote.ask(() => new Promise((resolve) => setTimeout(resolve, 100, 'answered'))))`,
      'answered',
    ))

  test('closing', () =>
    runs(
      `const peer = await startWorker()
      await Promise.all([peer.close(), peer.close()])
      console.log((await peer.closed).kind)`,
      'closed',
    ))

  // Open: only calls hold the process; a promise that has crossed does not, and what awaits it is cut off.
  test.fails('a promise that came in an answer', () =>
    runs(
      `const peer = await startWorker()
      const { later } = await peer.context.call(() => ({
        later: new Promise((resolve) => setTimeout(resolve, 300, 'settled')),
      }))
      console.log(await later)`,
      'settled',
    ))
})

test('a process with several idle contexts of each kind ends by itself', () =>
  runs(
    `const peers = await Promise.all([startWorker(), startIsolate(), startWorker(), startIsolate({ timeout: 1000 })])
    for (const { remote } of peers) console.log(await remote.echo('idle'))`,
    'idle\nidle\nidle\nidle',
  ))

test('a process whose contexts have died ends by itself, though nobody closed them', () =>
  runs(
    `const worker = await startWorker()
    const isolate = await startIsolate()
    console.log((await outcomeOf(worker.remote.exit(3))).exitCode)
    console.log((await outcomeOf(isolate.context.eval('JSON.stringify = () => { throw 1 }; 1'))).reason)`,
    '3\nprotocol',
  ))
