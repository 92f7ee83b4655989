/**
 * Closing on purpose: it cuts or drains, however often and from wherever it is asked for.
 */
import { contexts } from '@farhold/core'
import { describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'
import { failureOf } from '../failure.ts'
import { type Doomed, startChannel, startIsolate, startWorker } from './doomed.ts'
import { outcomeOf } from './outcome.ts'

type Start = () => Promise<Doomed>

const SPAWNED: [string, Start][] = [
  ['a worker', startWorker],
  ['an isolate', startIsolate],
]
const ALL: [string, Start][] = [...SPAWNED, ['a session over a port', startChannel]]

const CLOSED = { error: 'ContextClosedError', reason: 'closed' }

describe.each(ALL)('close() of %s', (_name, start) => {
  test('many times at once, and again', async () => {
    const peer = await start()
    const call = outcomeOf(peer.remote.hang())
    await Promise.all(Array.from({ length: 5 }, () => peer.close()))
    await peer.close()
    expect(await call).toEqual(CLOSED)
    expect(await peer.closed).toEqual({ kind: 'closed' })
  })

  test('before anything was asked of it', async () => {
    const peer = await start()
    await peer.close()
    expect(await outcomeOf(peer.remote.echo(1))).toEqual(CLOSED)
  })

  test('inside of a function that it called, which waits for it', async () => {
    const peer = await start()
    const told = Promise.withResolvers<string>()
    const call = outcomeOf(
      peer.remote.ask(async () => {
        await Promise.all([peer.close(), peer.close()])
        told.resolve('closed')
        return 'too late'
      }),
    )
    expect(await told.promise).toBe('closed')
    expect(await call).toEqual(CLOSED)
    expect(await peer.closed).toEqual({ kind: 'closed' })
    expect(peer.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
  })

  test('inside of an iteration that it reads', async () => {
    const peer = await start()
    const left = Promise.withResolvers<string>()
    async function* source(): AsyncGenerator<number> {
      try {
        yield 1
        await peer.close()
        yield 2
      } finally {
        left.resolve('left')
      }
    }
    expect(await outcomeOf(peer.remote.read(source()))).toEqual(CLOSED)
    expect(await left.promise).toBe('left')
  })

  test('while its answer is being looked at', async () => {
    const peer = await start()
    const seen = await peer.remote.echo('first').then(async (value) => {
      await peer.close()
      return value
    })
    expect(seen).toBe('first')
  })
})

describe.each(SPAWNED)('%s', (_name, start) => {
  test('close({ drain }) lets a call finish whose answer waits for us', async () => {
    const peer = await start()
    const gate = Promise.withResolvers<string>()
    const asked = Promise.withResolvers<void>()
    const call = outcomeOf(
      peer.remote.ask(() => {
        asked.resolve()
        return gate.promise
      }),
    )
    await asked.promise
    const closings = [peer.close({ drain: true }), peer.close({ drain: true })]
    gate.resolve('open')
    await Promise.all(closings)
    expect(await call).toEqual({ value: 'open' })
    expect(await peer.closed).toEqual({ kind: 'closed' })
  })

  test('close({ drain }) lets an iteration come to its end', async () => {
    const peer = await start()
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const item of peer.remote.itemsAndAnswer(() => 'last')) {
        // It is under way when the first item is here.
        if (seen.push(item) === 1) void peer.close({ drain: true })
      }
    })()
    await reading
    expect(seen).toEqual([1, 'last'])
    expect(await peer.closed).toEqual({ kind: 'closed' })
  })

  test('close({ drain }) that a function asks for which the peer called', async () => {
    const peer = await start()
    let closing: Promise<void> | undefined
    const call = peer.remote.ask(() => {
      closing = peer.close({ drain: true })
      return 'answered'
    })
    expect(await call).toBe('answered')
    await closing
    expect(await peer.closed).toEqual({ kind: 'closed' })
  })

  // Else the call would wait for the function, the function for the closing, and the closing for the call.
  test('close({ drain }) that such a function waits for resolves when draining has begun', async () => {
    const peer = await start()
    const call = peer.remote.ask(async () => {
      await peer.close({ drain: true })
      return 'answered'
    })
    expect(await call).toBe('answered')
    expect(await peer.closed).toEqual({ kind: 'closed' })
  })

  test('close() cuts a close({ drain }) that is under way', async () => {
    const peer = await start()
    const gate = Promise.withResolvers<string>()
    const call = outcomeOf(peer.remote.ask(() => gate.promise))
    await peer.remote.echo(0)
    const draining = peer.close({ drain: true })
    const cut = peer.close()
    for (let turn = 0; turn < 10; turn++) await outcomeOf(peer.remote.echo(turn))
    gate.resolve('too late')
    await Promise.all([draining, cut])
    expect(await call).toEqual(CLOSED)
  })

  test('await using closes it, also when the block is left by an error', async () => {
    let kept: Doomed['context']
    const error = await failureOf(
      (async () => {
        const { context } = await start()
        await using used = context
        kept = used
        await context?.remote.echo(0)
        throw new RangeError('out of the block')
      })(),
    )
    expect(error).toMatchObject({ name: 'RangeError', message: 'out of the block' })
    expect(await kept?.closed).toEqual({ kind: 'closed' })
    expect(contexts()).not.toContain(kept)
  })
})

test('the `sync` of a worker that is closed says so, as everything else does', async () => {
  const worker = await startWorker()
  await worker.close()
  expect(await failureOf((async () => worker.context.sync.echo(1))())).toMatchObject({
    code: 'FARHOLD_CONTEXT_CLOSED',
  })
})

// What throws may go to `onError`, or wherever errors that no one handles go: the program takes it either way.
test('a release hook that throws keeps nothing else from being cleared up', async () => {
  const ended = await runProgram(`
    import { proxy } from '@farhold/core'
    import { startWorker } from './failure/doomed.ts'
    import { outcomeOf } from './failure/outcome.ts'
    process.on('uncaughtException', () => {})
    const peer = await startWorker({ onError() {} })
    await peer.remote.keep(proxy({}, { released() { throw new Error('of the hook') } }))
    await peer.remote.keep(proxy({}, { released: () => console.log('given back') }))
    const call = outcomeOf(peer.remote.exit(3))
    console.log((await call).exitCode, (await peer.closed).exitCode)
    await peer.close()`)
  expect(ended.code).toBe(0)
  expect(ended.output.split('\n').sort()).toEqual(['3 3', 'given back'])
})
