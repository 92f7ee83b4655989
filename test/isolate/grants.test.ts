import { remote as asRemote } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

class Shop {
  readonly name = 'corner'
  #visits = 0
  readonly shelf = { tea: { price: 4, tags: ['hot'] } }
  get visits(): number {
    return this.#visits
  }
  visit(): number {
    return ++this.#visits
  }
}

const grant = (globals: Record<string, unknown>, options = {}) =>
  spawnIsolate({ globals, timeout: 2000, ...options })

describe('what a guest is granted', () => {
  test('an array is the live one of the host, and its methods work', async () => {
    const orders = [
      { id: 1, due: 5 },
      { id: 2, due: 50 },
    ]
    await using sandbox = await grant({ orders })
    expect(
      sandbox.evalSync('[Array.isArray(orders), orders.length, orders[1].id, orders.at(-1).due]'),
    ).toEqual([true, 2, 2, 50])
    expect(await sandbox.eval('orders.filter((o) => o.due < 10).map((o) => o.id)')).toEqual([1])
    expect(sandbox.evalSync('let sum = 0; for (const o of orders) sum += o.due; sum')).toBe(55)
    expect(
      sandbox.evalSync(
        '[...orders].length + orders.indexOf(orders[1]) + orders.findIndex((o) => o.id === 2)',
      ),
    ).toBe(4)
    expect(sandbox.evalSync('JSON.stringify(orders[0])')).toBe('{"id":1,"due":5}')
    orders.push({ id: 3, due: 7 })
    expect(sandbox.evalSync('orders.length')).toBe(3)
    expect(sandbox.evalSync('[0 in orders, 3 in orders, Object.keys(orders[0])]')).toEqual([
      true,
      false,
      ['id', 'due'],
    ])
    // Nothing was copied to the guest: the host sees each read.
    expect(sandbox.stats().exports).toBeGreaterThan(1)
  })

  test('the same object is the same proxy', async () => {
    const one = { n: 1 }
    await using sandbox = await grant({ one, list: [one] })
    expect(sandbox.evalSync('[list[0] === one, list[0] === list[0]]')).toEqual([true, true])
  })

  test('an instance stays at home: getters, private state and nested objects', async () => {
    const shop = new Shop()
    await using sandbox = await grant({ shop })
    expect(sandbox.evalSync('shop.visit(); shop.visit(); shop.visits')).toBe(2)
    expect(shop.visits).toBe(2)
    expect(sandbox.evalSync('[shop.name, shop.shelf.tea.price, shop.shelf.tea.tags[0]]')).toEqual([
      'corner',
      4,
      'hot',
    ])
    shop.shelf.tea.price = 5
    expect(sandbox.evalSync('shop.shelf.tea.price')).toBe(5)
  })

  test('primitives are themselves', async () => {
    await using sandbox = await grant({ n: 5, text: 'a', big: 2n, no: null, flag: true })
    expect(sandbox.evalSync('[n, text, big, no, flag]')).toEqual([5, 'a', 2n, null, true])
  })

  test('a granted object comes back as the very object of the host', async () => {
    const shop = new Shop()
    const seen: unknown[] = []
    await using sandbox = await grant({ shop, look: (value: unknown) => seen.push(value) })
    sandbox.evalSync('look(shop); look(shop.shelf)')
    expect(seen[0]).toBe(shop)
    expect(seen[1]).toBe(shop.shelf)
  })

  test('writes are refused and change nothing', async () => {
    const shop = { open: true, list: [1] }
    await using sandbox = await grant({ shop })
    for (const write of [
      'shop.open = false',
      'delete shop.open',
      'shop.list.push(2)',
      'Object.defineProperty(shop, "x", { value: 1 })',
    ]) {
      expect(await failureOf(sandbox.eval(write))).toMatchObject({ code: 'FARHOLD_UNPROTECTED' })
    }
    expect(shop).toEqual({ open: true, list: [1] })
    await using open = await grant({ shop }, { writes: 'open' })
    open.evalSync('shop.open = false; shop.list.push(2)')
    expect(shop).toEqual({ open: false, list: [1, 2] })
  })
})

describe('functions, both ways', () => {
  test('the host’s are called and answer at once', async () => {
    const heard: unknown[] = []
    await using sandbox = await grant({
      tell: (...args: unknown[]) => heard.push(args),
      fail: () => {
        throw new RangeError('closed today')
      },
    })
    expect(sandbox.evalSync('tell(1, { a: [2] }) + tell()')).toBe(3)
    expect(heard).toEqual([[1, { a: [2] }], []])
    expect(
      await sandbox.eval('try { fail() } catch (e) { [e instanceof RangeError, e.message] }'),
    ).toEqual([true, 'closed today'])
  })

  test('an error of the host passes through the guest and back, class and identity of its data kept', async () => {
    await using sandbox = await grant({
      fail: () => {
        throw Object.assign(new RangeError('closed today'), { until: 8 })
      },
    })
    const error = await failureOf(sandbox.eval('fail()'))
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'closed today', until: 8 })
  })

  test('callbacks of the guest are called by the host', async () => {
    await using sandbox = await grant({
      each: async (list: number[], tell: (x: number) => Promise<number>) =>
        Promise.all(list.map((x) => tell(x))),
    })
    expect(await sandbox.eval('each([1, 2, 3], (x) => x * 10)')).toEqual([10, 20, 30])
  })

  test('a promise of the host is awaited in the guest, one of the guest in the host', async () => {
    await using sandbox = await grant({
      lookup: async (name: string) => {
        await new Promise(setImmediate)
        return { name, price: 4 }
      },
      fail: async () => {
        throw new RangeError('not today')
      },
      double: async (value: Promise<number>) => (await value) * 2,
    })
    expect(await sandbox.eval('(async () => (await lookup("tea")).price + 1)()')).toBe(5)
    expect(
      await sandbox.eval('(async () => { try { await fail() } catch (e) { return e.message } })()'),
    ).toBe('not today')
    expect(await sandbox.eval('double(Promise.resolve(21))')).toBe(42)
    const both = (await sandbox.eval('({ now: 1, later: lookup("milk") })')) as {
      later: Promise<unknown>
    }
    expect(await both.later).toEqual({ name: 'milk', price: 4 })
  })

  test('remote() is the asynchronous proxy of a grant', async () => {
    const shop = new Shop()
    await using sandbox = await grant({ shop })
    expect(
      await sandbox.eval('(async () => [await remote(shop).name, await remote(shop).visit()])()'),
    ).toEqual(['corner', 1])
  })

  test('host and guest call each other many levels deep', async () => {
    await using sandbox = await spawnIsolate<{ down(n: number): number }>({
      source: 'export const down = (n) => n === 0 ? 0 : 1 + up(n - 1)',
      globals: { up: (n: number): number => sandbox.sync.down(n) },
    })
    expect(sandbox.sync.down(20)).toBe(20)
  })
})

describe('bytes', () => {
  test('are copied in and out, several at once, cut to their range', async () => {
    const pool = new Uint8Array(64 * 1024).fill(9)
    const part = pool.subarray(10, 14)
    await using sandbox = await grant({})
    const got = (await sandbox.call(
      (a: Uint8Array, b: Float64Array) => ({
        sizes: [a.buffer.byteLength, b.buffer.byteLength],
        reversed: a.toReversed(),
        doubled: b.map((x) => x * 2),
      }),
      part,
      new Float64Array([1.5, 2.5]),
    )) as { sizes: number[]; reversed: Uint8Array; doubled: Float64Array }
    expect(got.sizes).toEqual([4, 16])
    expect(got.reversed).toEqual(new Uint8Array(4).fill(9))
    expect(got.doubled).toEqual(new Float64Array([3, 5]))
    expect(pool.byteLength).toBe(64 * 1024)
  })

  test('a megabyte there and back, asynchronous and blocking', async () => {
    const bytes = new Uint8Array(1 << 20).map((_, index) => index)
    await using sandbox = await grant({ bytes: () => bytes })
    const flip = (input: Uint8Array) => input.map((byte) => 255 - byte)
    const expected = bytes.map((byte) => 255 - byte)
    expect(Buffer.compare((await sandbox.call(flip, bytes)) as Uint8Array, expected)).toBe(0)
    expect(Buffer.compare(sandbox.callSync(flip, bytes) as Uint8Array, expected)).toBe(0)
    expect(sandbox.evalSync('bytes().length')).toBe(1 << 20)
  })

  test('a transferred buffer is gone here', async () => {
    const { transfer } = await import('@farhold/core')
    const buffer = new Uint8Array([1, 2, 3]).buffer
    await using sandbox = await grant({})
    expect(
      await sandbox.call(
        (given: ArrayBuffer) => new Uint8Array(given).length,
        transfer(buffer, [buffer]),
      ),
    ).toBe(3)
    expect(buffer.detached).toBe(true)
  })

  test('shared memory is refused unless it is allowed', async () => {
    const shared = new SharedArrayBuffer(4)
    await using closed = await grant({})
    expect(await failureOf(closed.call((x: unknown) => typeof x, shared))).toMatchObject({
      code: 'FARHOLD_NOT_SHAREABLE',
      path: 'arguments[1]',
    })
    await using open = await grant({}, { sharedMemory: true })
    await open.call((x: SharedArrayBuffer) => Atomics.add(new Int32Array(x), 0, 7), shared)
    expect(new Int32Array(shared)[0]).toBe(7)
  })
})

describe('an isolate and a worker together', () => {
  const module = new URL('../worker/fixtures/third-context.ts', import.meta.url)

  test('a host function that the guest calls may ask a worker', async () => {
    await using worker =
      await spawnWorker<typeof import('../worker/fixtures/third-context.ts')>(module)
    using ada = await new worker.remote.Person('Ada')
    await using sandbox = await grant({ greet: (whom: string) => ada.greet(whom) })
    expect(await sandbox.eval('(async () => await greet("the guest"))()')).toBe(
      'Ada greets the guest',
    )
  })

  test("a worker's object is granted as it is", async () => {
    await using worker =
      await spawnWorker<typeof import('../worker/fixtures/third-context.ts')>(module)
    using ada = await new worker.remote.Person('Ada')
    await using sandbox = await grant({ ada })
    expect(await sandbox.eval('(async () => await remote(ada).greet("the guest"))()')).toBe(
      'Ada greets the guest',
    )
    expect(await ada.visits()).toBe(1)
  })

  test('a worker holds an object of an isolate', async () => {
    await using worker =
      await spawnWorker<typeof import('../worker/fixtures/third-context.ts')>(module)
    await using sandbox = await grant({})
    const guest = (await sandbox.eval(
      'class Guest { name = "Guy"; greet(whom) { return this.name + " greets " + whom } }; globalThis.Guest = Guest; () => new Guest()',
    )) as never as new () => never
    expect(guest).toBeDefined()
    using own = (await asRemote(sandbox.evalSync('Guest') as never)) as never as Disposable &
      (new () => Promise<never>)
    const person = await new own()
    expect(await worker.remote.visit(person)).toBe('Guy greets the visitor')
  })
})
