/**
 * A blocking call of an asynchronous function, for a guest with `promises: 'wait'`: it waits on its thread, and the host's event loop goes on. Where the guest was
 * entered by a blocking call of the host there is no such thread, and nothing waits.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { CallTimeoutError, type Context, ContextClosedError, WouldBlockError } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'
import { failureOf } from '../failure.ts'

type Worker = typeof import('./fixtures/slow-worker.ts')

/** A guest that waits for promises. */
const spawn = <T = unknown>(options: SpawnIsolateOptions): Promise<Context<T>> =>
  spawnIsolate<T>({ promises: 'wait', ...options })

/** Takes some turns of the event loop, and a timer. */
const later = async <Value>(value: Value): Promise<Value> => {
  await new Promise((resolve) => setTimeout(resolve, 2))
  return value
}

/** A door that a test opens when it likes. */
function door(): { wait: () => Promise<string>; entered: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<string>()
  const entered = Promise.withResolvers<void>()
  return {
    wait: () => {
      entered.resolve()
      return promise
    },
    entered: entered.promise,
    open: () => resolve('opened'),
  }
}

let guest: Context

beforeEach(async () => {
  guest = await spawn({
    name: 'guest',
    globals: {
      later,
      fail: async () => {
        await later(0)
        throw new RangeError('closed today')
      },
    },
  })
})
afterEach(() => guest.close())

describe('an asynchronous function of the host', () => {
  test('gives a guest its value', async () => {
    expect(await guest.eval('later(20) + later(22)')).toBe(42)
    expect(await guest.eval('[later("a"), later({ b: 1 }).b, later()]')).toEqual([
      'a',
      1,
      undefined,
    ])
  })

  test('throws in a guest what it rejects with', async () => {
    expect(
      await guest.eval(
        'try { fail() } catch (error) { [error instanceof RangeError, error.message] }',
      ),
    ).toEqual([true, 'closed today'])
    expect(await failureOf(guest.eval('fail()'))).toMatchObject({
      name: 'RangeError',
      message: 'closed today',
    })
  })

  test('is a promise through its remote, and awaited either way', async () => {
    expect(
      await guest.eval(
        '(async () => [await later(1), await remote(later)(2), remote(later)(3).then((x) => x)])()',
      ),
    ).toEqual([1, 2, expect.any(Promise)])
  })

  test('is called many times in a row', async () => {
    expect(await guest.eval('let sum = 0; for (let i = 0; i < 50; i++) sum += later(i); sum')).toBe(
      1225,
    )
  })

  test('brings and takes bytes', async () => {
    await guest.bind({ reverse: async (bytes: Uint8Array) => (await later(bytes)).reverse() })
    const got = await guest.eval(
      '[...reverse(new Uint8Array([1, 2, 3]))].join() + [...reverse(new Uint8Array(70000).fill(7))].length',
    )
    expect(got).toBe('3,2,170000')
  })

  test('is waited for in what follows an await', async () => {
    expect(
      await guest.eval(
        '(async () => { await null; await remote(later)(1); return later(2) + later(3) })()',
      ),
    ).toBe(5)
  })

  test('takes the time it needs: that is not the time of the guest', async () => {
    await using short = await spawn({
      timeout: 50,
      globals: { slow: () => new Promise((resolve) => setTimeout(resolve, 200, 'slow')) },
    })
    expect(await short.eval('slow() + slow()')).toBe('slowslow')
    // What is its own counts, also after it has waited.
    expect(await failureOf(short.eval('slow(); for (;;);'))).toBeInstanceOf(CallTimeoutError)
    expect(await short.eval('slow()')).toBe('slow')
  })
})

describe('while a guest waits', () => {
  test("the host's event loop goes on", async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const waiting = guest.eval('wait()')
    await gate.entered
    let turns = 0
    for (; turns < 20; turns++) await turn()
    await later(0)
    gate.open()
    expect(await waiting).toBe('opened')
  })

  test('the host enters it by a blocking call', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait, now: () => 'now' })
    const waiting = guest.eval('globalThis.state = "before"; wait() + state')
    await gate.entered
    expect(guest.evalSync('state = now(); state + 1')).toBe('now1')
    await turn()
    expect(guest.evalSync('state')).toBe('now')
    gate.open()
    expect(guest.evalSync('state')).toBe('now')
    expect(await waiting).toBe('openednow')
  })

  test('what a blocking call brings along wakes it', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const waiting = guest.eval('wait()')
    await gate.entered
    for (let index = 0; index < 5; index++) {
      if (index === 3) gate.open()
      // Its answer is queued a microtask after, and leaves with this.
      await Promise.resolve()
      expect(guest.evalSync('1 + 1')).toBe(2)
    }
    expect(await waiting).toBe('opened')
  })

  test('it serves calls of the host', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const double = (await guest.eval('(x) => x * 2')) as (x: number) => Promise<number>
    const waiting = guest.eval('wait()')
    await gate.entered
    expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6])
    expect(await double(4)).toBe(8)
    gate.open()
    expect(await waiting).toBe('opened')
  })

  test('several calls wait in it, the last of them first', async () => {
    const outer = door()
    const inner = door()
    await guest.bind({ outer: outer.wait, inner: inner.wait })
    const order: string[] = []
    const first = guest.eval('outer() + 1').then((value) => order.push(String(value)))
    await outer.entered
    const second = guest.eval('inner() + 2').then((value) => order.push(String(value)))
    await inner.entered
    outer.open()
    await later(0)
    expect(order).toEqual([])
    inner.open()
    await Promise.all([first, second])
    expect(order.sort()).toEqual(['opened1', 'opened2'])
  })

  test('it serves calls that were made in the same turn as the one that waits', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const waiting = guest.eval('wait()')
    const neighbour = guest.eval('1 + 1')
    await gate.entered
    const outcome = await Promise.race([neighbour, guest.eval('"overtaken"')])
    gate.open()
    await Promise.all([waiting, neighbour])
    expect(outcome).toBe(2)
  })

  test('bytes that the host sends are taken', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const sum = (await guest.eval('(bytes) => bytes.reduce((a, b) => a + b, 0)')) as (
      bytes: Uint8Array,
    ) => Promise<number>
    const waiting = guest.eval('wait()')
    await gate.entered
    expect(
      await Promise.all([sum(new Uint8Array([1, 2])), sum(new Uint8Array(1000).fill(1))]),
    ).toEqual([3, 1000])
    gate.open()
    expect(await waiting).toBe('opened')
  })

  test('an asynchronous function of the guest cannot be waited for by what the guest waits for', async () => {
    const slow = (await guest.eval('async () => { await null; return 1 }')) as () => Promise<number>
    await guest.bind({ ask: async () => slow() })
    const error = await failureOf(guest.eval('ask()'))
    expect(error).toBeInstanceOf(WouldBlockError)
    expect(await slow()).toBe(1)
    await guest.bind({ askLater: async () => later(0).then(() => slow()) })
    expect(await failureOf(guest.eval('askLater()'))).toBeInstanceOf(WouldBlockError)
  })

  test('an asynchronous function of the guest that no one waits for runs when it has waited', async () => {
    const gate = door()
    const slow = (await guest.eval('async (x) => { await null; return x }')) as (
      x: number,
    ) => Promise<number>
    await guest.bind({ wait: gate.wait })
    const waiting = guest.eval('wait()')
    await gate.entered
    const slowly = slow(1)
    await later(0)
    gate.open()
    expect([await waiting, await slowly]).toEqual(['opened', 1])
  })
})

describe('host and guest call each other', () => {
  const SOURCE = `
    export const viaAsync = (depth, log) => (depth === 0 ? log('end') : 1 + down(depth - 1, log))
    export const viaSync = (depth, log) => (depth === 0 ? log('end') : 1 + downSync(depth - 1, log))
  `
  interface Exports {
    viaAsync(depth: number, log: (what: string) => number): number
    viaSync(depth: number, log: (what: string) => number): number
  }

  test.each([1, 2, 30])('%i deep, waiting all the way', async (depth) => {
    const nested: Context<Exports> = await spawn<Exports>({
      source: SOURCE,
      globals: {
        down: async (left: number, log: (what: string) => number) => {
          await later(0)
          return nested.remote.viaAsync(left, log)
        },
        downSync: (left: number, log: (what: string) => number) => nested.sync.viaSync(left, log),
      },
    })
    await using _ = nested
    const logged: string[] = []
    const log = (what: string): number => logged.push(what)
    expect(await nested.remote.viaAsync(depth, log)).toBe(depth + 1)
    expect(await nested.remote.viaSync(depth, log)).toBe(depth + 2)
    expect(logged).toEqual(['end', 'end'])
  })

  test('30 deep, waiting and blocking by turns', async () => {
    // A guest that waits is asked, answers, and in the end is entered by the host's own thread.
    const nested: Context<Exports> = await spawn<Exports>({
      source: SOURCE,
      globals: {
        down: async (left: number, log: (what: string) => number) =>
          left < 5 ? nested.sync.viaSync(left, log) : nested.remote.viaAsync(left, log),
        downSync: (left: number, log: (what: string) => number) => nested.sync.viaSync(left, log),
      },
    })
    await using _ = nested
    expect(await nested.remote.viaAsync(30, () => 0)).toBe(30)
  })
})

describe('a guest that was entered by a blocking call', () => {
  test('does not wait', async () => {
    expect(() => guest.evalSync('later(1)')).toThrow(WouldBlockError)
    expect(guest.evalSync('try { later(1) } catch (error) { error.name }')).toBe('WouldBlockError')
    expect(await guest.eval('later(1)')).toBe(1)
  })

  test('does not wait within one that does', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait, within: () => guest.evalSync('later(1)') })
    const waiting = guest.eval('wait()')
    await gate.entered
    expect(() => guest.evalSync('later(1)')).toThrow(WouldBlockError)
    gate.open()
    expect(await waiting).toBe('opened')
    expect(await failureOf(guest.eval('within()'))).toBeInstanceOf(WouldBlockError)
  })

  test('has a promise through a remote', async () => {
    guest.evalSync('remote(later)(3).then((value) => { globalThis.got = value }); 0')
    await later(0)
    while (guest.evalSync('globalThis.got') === undefined) await turn()
    expect(guest.evalSync('got')).toBe(3)
  })
})

test('stays a promise in a guest that was not told to wait', async () => {
  await using staying = await spawnIsolate({ globals: { later } })
  expect(
    await staying.eval('(async () => [later(1) instanceof Promise, await later(2)])()'),
  ).toEqual([true, 2])
  staying.evalSync('later(3).then((value) => { globalThis.got = value }); 0')
  while (staying.evalSync('globalThis.got') === undefined) await turn()
  expect(await failureOf(spawnIsolate({ promises: 'keep' as never }))).toBeInstanceOf(TypeError)
})

describe('a module', () => {
  test('waits as it loads', async () => {
    await using loaded = await spawn<{ value: number; more: number }>({
      source:
        'export const value = later(1) + later(2); export const more = await remote(later)(3) + later(4)',
      timeout: 1000,
      globals: { later },
    })
    expect(loaded.sync.value).toBe(3)
    expect(await loaded.remote.more).toBe(7)
  })

  test('is called back as it does', async () => {
    await using loaded = await spawn<{ value: number[] }>({
      source: 'export const value = each([1, 2, 3], (x) => x * 2 + later(0))',
      globals: {
        later,
        each: async (list: number[], callback: (x: number) => PromiseLike<number>) => {
          const got: number[] = []
          for (const item of list) got.push(await callback(item))
          return got
        },
      },
    })
    expect(await loaded.remote.value).toEqual([2, 4, 6])
  })

  test('that fails by what it waits for tells so', async () => {
    const error = await failureOf(
      spawn({
        source: 'fail()',
        globals: { fail: async () => Promise.reject(new RangeError('closed today')) },
      }),
    )
    expect(error).toMatchObject({ message: 'closed today' })
  })

  test('is not taken for stuck when it waits long', async () => {
    await using loaded = await spawn<{ value: string }>({
      source: 'export const value = slow()',
      timeout: 500,
      globals: { slow: () => new Promise((resolve) => setTimeout(resolve, 2800, 'slow')) },
    })
    expect(loaded.sync.value).toBe('slow')
    expect(await loaded.eval('slow()')).toBe('slow')
  }, 20_000)
})

describe('a limit', () => {
  test("of the guest's own call ends its wait", async () => {
    const gate = door()
    const source = `import { withOptions } from '@farhold/core'
      export const run = () => { try { return withOptions(wait, { timeout: 30 })() } catch (error) { return [error.name, error.message] } }`
    await using limited = await spawn<{ run(): string[] }>({
      source,
      globals: { wait: gate.wait },
    })
    const [name, message] = await limited.remote.run()
    expect(name).toBe('CallTimeoutError')
    expect(message).toContain('30 ms')
    expect(await limited.remote.run()).toHaveLength(2)
    expect(await limited.eval('1 + 1')).toBe(2)
  })

  test('on the whole call ends the wait that is part of it', async () => {
    const gate = door()
    await using limited = await spawn({ wallTimeout: 100, globals: { wait: gate.wait } })
    expect(await failureOf(limited.eval('wait()'))).toBeInstanceOf(CallTimeoutError)
    // Its thread is free again.
    expect(await limited.eval('1 + 1')).toBe(2)
    expect(limited.stats().pending).toBe(0)
  })
})

describe('the end of a guest that waits', () => {
  test('by close(): the call is told, and nothing is left', async () => {
    const gate = door()
    await guest.bind({ wait: gate.wait })
    const waiting = failureOf(guest.eval('try { wait() } finally { for (;;); }'))
    await gate.entered
    await turn()
    await guest.close()
    expect(await waiting).toBeInstanceOf(ContextClosedError)
    gate.open()
    await turn()
  })

  test('within the function it waits for', async () => {
    await guest.bind({
      leave: async () => {
        await later(0)
        await guest.close()
      },
    })
    expect(await failureOf(guest.eval('leave()'))).toBeInstanceOf(ContextClosedError)
  })

  const GROW = 'const kept = []; for (let i = 0; ; i++) kept.push("x".repeat(1000) + i)'
  const START = `
    import { spawnIsolate } from '@farhold/transport-isolate'
    const entered = Promise.withResolvers()
    const wait = () => { entered.resolve(); return new Promise(() => {}) }
    const guest = await spawnIsolate({ promises: 'wait', memoryLimit: 16, globals: { wait } })
    guest.eval('wait()').catch((error) => console.log(error.code, error.reason))
    await entered.promise`

  test('by its memory', async () => {
    const ended = await runProgram(`${START}
      await guest.eval(${JSON.stringify(GROW)}).catch((error) => console.log(error.code, error.reason))
      console.log((await guest.closed).kind)`)
    expect(ended.output.split('\n').sort()).toEqual([
      'FARHOLD_CONTEXT_CLOSED memory',
      'FARHOLD_CONTEXT_CLOSED memory',
      'memory',
    ])
    expect(ended).toMatchObject({ code: 0, signal: null })
  })

  // Open: when memory runs out in a blocking call of the host while another thread of the same guest is in the middle of something (it waits, or
  // is in a callback), V8 aborts the process: "archived threads in combination with wasm not supported".
  test.fails('by its memory, in a blocking call of the host', async () => {
    const ended = await runProgram(`${START}
      try { guest.evalSync(${JSON.stringify(GROW)}) } catch (error) { console.log(error.code) }`)
    expect(ended).toMatchObject({ code: 0, signal: null })
  })
})

describe('a process', () => {
  const START = `
    import { spawnIsolate } from '@farhold/transport-isolate'
    const entered = Promise.withResolvers()
    const wait = () => { entered.resolve(); return new Promise((resolve) => setTimeout(resolve, 50, 'waited').unref()) }
    const guest = await spawnIsolate({ promises: 'wait', globals: { wait, never: () => { entered.resolve(); return new Promise(() => {}) } } })
    process.on('exit', (code) => console.log('exit', code))`

  test('is kept by a guest that waits, until it has its answer', async () => {
    const ended = await runProgram(`${START}
      guest.eval('wait()').then(console.log)`)
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'waited\nexit 0' })
  })

  test('ends when the guest is closed', async () => {
    const ended = await runProgram(`${START}
      guest.eval('never()').catch((error) => console.log(error.code))
      await entered.promise
      setImmediate(() => guest.close())`)
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'FARHOLD_CONTEXT_CLOSED\nexit 0' })
  })

  // A moment later, for nothing tells when the guest's thread has gone to sleep; before, the guest is in a callback, and the process may hang:
  // see "process.exit() inside a function" in process-life.test.ts.
  test('ends by process.exit()', async () => {
    const ended = await runProgram(`${START}
      guest.eval('never()').catch(() => {})
      await entered.promise
      setTimeout(() => process.exit(7), 200)`)
    expect(ended).toMatchObject({ code: 7, signal: null, output: 'exit 7' })
  })

  test('ends by process.exit() while a module waits as it loads', async () => {
    const ended = await runProgram(`
      import { spawnIsolate } from '@farhold/transport-isolate'
      const never = () => { setTimeout(() => process.exit(7), 200); return new Promise(() => {}) }
      spawnIsolate({ promises: 'wait', source: 'never()', globals: { never } }).catch(() => {})`)
    expect(ended).toMatchObject({ code: 7, signal: null })
  })
})

describe('a worker, through the host', () => {
  test('is waited for by a guest, while the host goes on', async () => {
    await using worker = await spawnWorker<Worker>(
      new URL('./fixtures/slow-worker.ts', import.meta.url),
    )
    await guest.bind({
      slowly: async (value: number) => worker.remote.slowly(value),
      directly: worker.remote.slowly,
    })
    let turns = 0
    const counting = (async () => {
      for (let left = 10; left > 0; left--) {
        await turn()
        turns++
      }
    })()
    expect(await guest.eval('slowly(1) + slowly(2)')).toBe(6)
    await counting
    expect(turns).toBe(10)
    expect(await guest.eval('directly(4)')).toBe(8)
  })
})
