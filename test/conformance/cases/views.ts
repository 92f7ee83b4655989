/** Views: the same memory in every context, or a copy of the range that is leased where it cannot be the same; who waits, and what ends a lease. */
import { type CaseContext, group, type Untyped } from '../case.ts'
import { Stopper } from '../stopper.ts'

/** Asks for a lease, and says when it is there. */
function ask(
  view: Untyped,
  options: object,
): { readonly lease: Promise<Untyped>; isHere: boolean } {
  const asked = {
    isHere: false,
    lease: view.lease(options).then((lease: Untyped) => {
      asked.isHere = true
      return lease
    }) as Promise<Untyped>,
  }
  return asked
}

const exclusive = (start: number, end: number) => ({ mode: 'exclusive', range: [start, end] })
const shared = (start: number, end: number) => ({ mode: 'shared', range: [start, end] })

async function read(view: Untyped, options: object = { mode: 'shared' }): Promise<number[]> {
  using lease = await view.lease(options)
  return [...lease.array]
}

const crossing = group('views', {
  async 'the owner’s view is a view here: always the same one, and its owner’s own when it goes home'({
    remote,
    assert,
  }) {
    const view = await remote.keptView()
    assert.equal(await remote.keptView(), view)
    assert.equal(await remote.isKeptView(view), true)
    assert.equal((await remote.echo({ list: [view] })).list[0], view)
    assert.deepEqual([view.kind, view.length, view.byteLength], ['Uint8Array', 4, 4])
  },

  async 'a view of this context is a view there, and comes back as itself'({
    remote,
    farhold,
    assert,
  }) {
    const view = farhold.view(new Float64Array([1, 2, 3]) as Untyped) as Untyped
    assert.deepEqual(await remote.describeOfView(view), {
      kind: 'Float64Array',
      length: 3,
      byteLength: 24,
    })
    assert.equal(await remote.echo(view), view)
    const [inside] = await remote.echo([view])
    assert.equal(inside, view)
    await remote.isSameViewAgain(view)
    assert.equal(await remote.isSameViewAgain(view), true)
  },

  async 'of each kind of typed array'({ remote, assert }) {
    for (const view of await remote.makeKinds()) {
      using lease = await view.lease()
      assert.equal(lease.array[Symbol.toStringTag], view.kind)
      assert.equal(lease.array.length, 2)
      assert.equal(String(lease.array[1]), '2', view.kind)
      lease.array[0] = lease.array[1]
    }
    for (const view of await remote.makeKinds()) assert.equal(view.byteLength % view.length, 0)
  },

  async 'of a length has so many zero bytes'({ remote, farhold, assert }) {
    assert.deepEqual(await read(await remote.makeZeros(3)), [0, 0, 0])
    assert.deepEqual(await remote.readRange(farhold.view(2)), [0, 0])
    assert.deepEqual(await read(await remote.makeZeros(0)), [])
  },

  async 'the content is copied once, when the view is made'({ farhold, remote, assert }) {
    const content = new Uint8Array([1, 2, 3, 4]).subarray(1, 3)
    const view = farhold.view(content)
    content.fill(9)
    assert.deepEqual(await remote.readRange(view), [2, 3])
  },

  async 'that is read from a property is a view, also of a blocking proxy'({ remote, assert }) {
    const view = await remote.keptView()
    const shelf = await remote.makeViewShelf()
    assert.equal(await shelf.view, view)
    assert.equal((await shelf.inner).view, view)
  },

  async 'a lease cannot be passed on, and says so'({ remote, assert }) {
    const view = await remote.makeBytes(1)
    using lease = await view.lease()
    await assert.rejects(remote.echo(lease), { name: 'NotShareableError' })
  },
})

const leasing = group('leases', {
  async 'give a typed array over exactly the range, and what is written is there for the next'({
    remote,
    assert,
  }) {
    const view = await remote.makeBytes(1, 2, 3, 4, 5)
    {
      using lease = await view.lease(exclusive(1, 4))
      assert.deepEqual([...lease.array], [2, 3, 4])
      assert.deepEqual([lease.mode, ...lease.range], ['exclusive', 1, 4])
      lease.array.set([7, 8], 1)
    }
    assert.deepEqual(await remote.readRange(view), [1, 2, 7, 8, 5])
    assert.equal(await remote.fillRange(view, [0, 2], 6), 2)
    assert.deepEqual(await read(view), [6, 6, 7, 8, 5])
  },

  async 'the same of a view of this context'({ remote, farhold, assert }) {
    const view = farhold.view(new Uint8Array([1, 2, 3])) as Untyped
    assert.equal(await remote.fillRange(view, [1, 3], 9), 2)
    assert.deepEqual(await read(view), [1, 9, 9])
  },

  async 'an empty range is a lease of nothing, in no one’s way'({ remote, assert }) {
    const view = await remote.makeBytes(1, 2)
    using all = await view.lease()
    using none = await view.lease(exclusive(1, 1))
    assert.deepEqual([all.array.length, none.array.length], [2, 0])
  },

  async 'that overlap wait for one that is exclusive, and others do not'(context) {
    const { remote, roundTrip, assert } = context
    const view = await remote.makeBytes(0, 0, 0, 0)
    const first = await view.lease(exclusive(0, 2))
    const behind = ask(view, exclusive(1, 3))
    const reader = ask(view, shared(0, 1))
    using apart = await view.lease(exclusive(3, 4))
    assert.equal(apart.array.length, 1)
    await roundTrip()
    assert.deepEqual([behind.isHere, reader.isHere], [false, false])
    first[Symbol.dispose]()
    ;(await behind.lease)[Symbol.dispose]()
    ;(await reader.lease)[Symbol.dispose]()
  },

  async 'of two contexts wait for each other'(context) {
    const { remote, roundTrip, assert } = context
    const view = await remote.makeBytes(0, 0, 0, 0)
    const theirs = await remote.holdRange(view, 'exclusive', [0, 2])
    const ours = ask(view, exclusive(1, 3))
    await roundTrip()
    assert.equal(ours.isHere, false)
    await remote.letGoOf(theirs)
    using lease = await ours.lease
    const again = remote.fillRange(view, [2, 4], 5)
    await roundTrip()
    assert.equal(lease.array[1], 0)
    lease.array[1] = 3
    lease[Symbol.dispose]()
    assert.equal(await again, 2)
    assert.deepEqual(await read(view), [0, 0, 5, 5])
  },

  async 'that only read are side by side, and a writer that waits is not overtaken'(context) {
    const { remote, roundTrip, assert } = context
    const view = await remote.makeBytes(1, 2, 3)
    const one = await view.lease(shared(0, 2))
    const two = await view.lease(shared(1, 3))
    const writer = ask(view, exclusive(1, 2))
    const late = ask(view, shared(1, 2))
    await roundTrip()
    one[Symbol.dispose]()
    await roundTrip()
    assert.deepEqual([writer.isHere, late.isHere], [false, false])
    two[Symbol.dispose]()
    ;(await writer.lease)[Symbol.dispose]()
    assert.deepEqual([...(await late.lease).array], [2])
    ;(await late.lease)[Symbol.dispose]()
  },

  async 'that are given up while they wait let those behind them go on'(context) {
    const { remote, roundTrip, assert } = context
    const view = await remote.makeBytes(1, 2, 3)
    using first = await view.lease(shared(0, 3))
    const stopper = new Stopper()
    const writer = view.lease({ ...exclusive(0, 3), signal: stopper.signal })
    const behind = ask(view, shared(0, 3))
    await roundTrip()
    assert.equal(behind.isHere, false)
    stopper.abort('enough')
    assert.equal(await assert.rejects(writer), 'enough')
    using lease = await behind.lease
    assert.deepEqual([...lease.array], [...first.array])
  },

  async 'are over when they are disposed of: no array, and a second time does nothing'({
    remote,
    assert,
  }) {
    const view = await remote.makeBytes(1, 2)
    const lease = await view.lease()
    assert.equal(lease.isOver, false)
    lease[Symbol.dispose]()
    assert.deepEqual([lease.isOver, lease.array], [true, undefined])
    assert.throws(() => lease.array[0], { name: 'TypeError' })
    using next = await view.lease()
    lease[Symbol.dispose]()
    assert.equal(next.isOver, false)
  },

  async 'that are taken back end, and what they have in the way is free'(context) {
    const { remote, roundTrip, assert } = context
    const view = await remote.makeBytes(1, 2, 3, 4)
    const lease = await view.lease(exclusive(0, 2))
    using apart = await view.lease(exclusive(2, 4))
    const behind = ask(view, exclusive(0, 1))
    assert.equal(await remote.revokeRange(view, [1, 2]), 1)
    await roundTrip()
    assert.deepEqual([lease.isOver, lease.array, apart.isOver], [true, undefined, false])
    ;(await behind.lease)[Symbol.dispose]()
    lease[Symbol.dispose]()
    assert.equal(await remote.revokeRange(view, [0, 2]), 0)
    await assert.rejects(
      Promise.try(() => view.revoke()),
      { name: 'TypeError' },
    )
  },

  async 'that this context takes back end there'({ remote, farhold, roundTrip, assert }) {
    const view = farhold.view(new Uint8Array([1, 2])) as Untyped
    const name = await remote.holdRange(view, 'exclusive', [0, 2])
    assert.equal(await remote.elementsOf(name), 2)
    assert.equal(view.revoke(), 1)
    await roundTrip()
    assert.equal(await remote.elementsOf(name), undefined)
    using lease = await view.lease()
    await remote.letGoOf(name)
    assert.deepEqual([...lease.array], [1, 2])
  },

  async 'of ranges that there are not are refused, and so are other options'({
    remote,
    farhold,
    assert,
  }) {
    const theirs = await remote.makeBytes(1, 2)
    const ours = farhold.view(2)
    for (const range of [
      [0, 3],
      [-1, 1],
      [2, 1],
    ]) {
      await assert.rejects(theirs.lease({ range }), { name: 'RangeError' })
      assert.equal(await remote.failureOfLease(ours, { range }), 'RangeError')
    }
    for (const options of [
      { range: [0.5, 1] },
      { range: [0] },
      { range: 'all' },
      { mode: 'own' },
    ]) {
      await assert.rejects(theirs.lease(options), { name: 'TypeError' })
      assert.equal(await remote.failureOfLease(ours, options), 'TypeError')
    }
  },
})

const copying = group('copy', {
  async 'between a view of the owner and one of here, in both directions'({
    remote,
    farhold,
    assert,
  }) {
    const theirs = await remote.makeBytes(1, 2, 3)
    const ours = farhold.view(new Uint8Array([7, 7, 7, 7]))
    await farhold.copy(theirs, ours)
    assert.deepEqual(await read(ours), [1, 2, 3, 7])
    using lease = await ours.lease({ range: [2, 4] })
    lease.array.set([8, 9])
    lease[Symbol.dispose]()
    await farhold.copy(await remote.makeBytes(5, 5), ours)
    await farhold.copy(ours, await remote.keptView())
    assert.deepEqual(await read(await remote.keptView()), [5, 5, 8, 9])
    await farhold.copy(new Uint8Array([1, 2, 3, 4]), await remote.keptView())
    assert.deepEqual(await read(await remote.keptView()), [1, 2, 3, 4])
  },

  async 'between two views of the owner, many at once in both directions'({
    remote,
    farhold,
    assert,
  }) {
    const [one, other] = [await remote.makeBytes(1, 1), await remote.makeBytes(2, 2)]
    await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        at % 2 === 0 ? farhold.copy(one, other) : farhold.copy(other, one),
      ),
    )
    assert.deepEqual(await read(one), await read(other))
    await farhold.copy(one, one)
  },

  async 'between a typed array of here, a lease, and a view'({ remote, farhold, assert }) {
    const theirs = await remote.makeBytes(1, 2, 3, 4)
    const array = new Uint8Array(4)
    await farhold.copy(theirs, array)
    assert.deepEqual([...array], [1, 2, 3, 4])
    {
      using lease = await theirs.lease(exclusive(0, 2))
      await farhold.copy(new Uint8Array([8, 9]), lease)
      await farhold.copy(lease, array)
    }
    assert.deepEqual(await read(theirs), [8, 9, 3, 4])
    assert.deepEqual([...array], [8, 9, 3, 4])
  },

  async 'from and to arrays that stay with their owner'({ remote, farhold, asRemote, assert }) {
    const arrays = asRemote(await remote.makeArrays())
    const view = farhold.view(4)
    await farhold.copy(arrays.bytes, view)
    assert.deepEqual(await read(view), [1, 2, 3, 4])
    await farhold.copy(arrays.bytes, arrays.more)
    assert.deepEqual([...(await arrays.more)], [1, 2, 3, 4, 0, 0])
    await farhold.copy(new Uint8Array([6, 7]), arrays.more)
    await farhold.copy(await remote.makeBytes(9, 9, 9, 9), arrays.bytes)
    assert.deepEqual([...(await arrays.more)], [6, 7, 3, 4, 0, 0])
    assert.deepEqual([...(await arrays.bytes)], [9, 9, 9, 9])
    const array = new Uint8Array(6)
    await farhold.copy(arrays.more, array)
    assert.deepEqual([...array], [6, 7, 3, 4, 0, 0])
  },

  async 'what it is given stays as it was'({ remote, farhold, asRemote, assert }) {
    const arrays = asRemote(await remote.makeArrays())
    const large = new Uint8Array(10_000).fill(3)
    await farhold.copy(large.subarray(0, 4), arrays.bytes)
    await farhold.copy(large.subarray(0, 4), await remote.keptView())
    assert.deepEqual([large.length, large[9999]], [10_000, 3])
    await farhold.copy(new Uint8Array([1, 2, 3, 4]), await remote.keptView())
  },

  async 'elements become those of the other kind, as set() makes them'({
    remote,
    farhold,
    asRemote,
    assert,
  }) {
    const arrays = asRemote(await remote.makeArrays())
    const bytes = await remote.makeBytes(0, 0)
    await farhold.copy(arrays.floats, bytes)
    assert.deepEqual(await read(bytes), [1, 2])
    const floats = farhold.view(new Float64Array(2))
    await farhold.copy(bytes, floats)
    assert.deepEqual(await read(floats), [1, 2])
    await assert.rejects(farhold.copy(new BigInt64Array(2), bytes), { name: 'TypeError' })
    assert.deepEqual(await read(bytes), [1, 2])
  },

  async 'of more than there is room for is refused, and so is what has no elements'({
    remote,
    farhold,
    asRemote,
    assert,
  }) {
    const arrays = asRemote(await remote.makeArrays())
    const small = await remote.makeBytes(1)
    for (const from of [arrays.bytes, await remote.makeBytes(1, 2), new Uint8Array(2)]) {
      await assert.rejects(farhold.copy(from, small), { name: 'RangeError' })
      await assert.rejects(farhold.copy(from, new Uint8Array(1)), { name: 'RangeError' })
      await assert.rejects(farhold.copy(from, arrays.bytes.subarray(0, 1)), { name: 'RangeError' })
    }
    assert.deepEqual(await read(small), [1])
    for (const wrong of [arrays.list, [1], {}, null, 'text', new ArrayBuffer(1)])
      await assert.rejects(farhold.copy(wrong as Untyped, small), { name: 'TypeError' })
    for (const wrong of [[1], {}, null, new ArrayBuffer(1)])
      await assert.rejects(farhold.copy(small, wrong as Untyped), { name: 'TypeError' })
  },

  async 'of leases: one that is over, one that only reads, one that is in the way'({
    remote,
    farhold,
    assert,
  }) {
    const view = await remote.makeBytes(1, 2, 3, 4)
    using reading = await view.lease(shared(0, 2))
    await assert.rejects(farhold.copy(new Uint8Array(1), reading), { name: 'TypeError' })
    await assert.rejects(farhold.copy(reading, view), { name: 'WouldBlockError' })
    reading[Symbol.dispose]()
    await assert.rejects(farhold.copy(reading, new Uint8Array(2)), { name: 'ReleasedError' })
    using writing = await view.lease(exclusive(2, 4))
    await assert.rejects(farhold.copy(view, writing), { name: 'WouldBlockError' })
    await farhold.copy(writing, view)
    writing[Symbol.dispose]()
    assert.deepEqual(await read(view), [3, 4, 3, 4])
  },

  async 'waits for leases that are in its way'({ remote, farhold, roundTrip, assert }) {
    const view = await remote.makeBytes(1, 2, 3, 4)
    const lease = await view.lease(exclusive(3, 4))
    let isDone = false
    const copied = farhold.copy(view, new Uint8Array(4)).then(() => {
      isDone = true
    })
    await farhold.copy(new Uint8Array([9]), await remote.keptView())
    await roundTrip()
    assert.equal(isDone, false)
    lease[Symbol.dispose]()
    await copied
    assert.equal(isDone, true)
    await farhold.copy(new Uint8Array([1]), await remote.keptView())
  },
})

const blocking = group('blocking for a lease', {
  async 'gives one'(context: CaseContext) {
    const { sync, assert } = context
    const view = sync().makeBytes(1, 2, 3)
    {
      using lease = view.leaseSync(exclusive(0, 2))
      assert.deepEqual([...lease.array], [1, 2])
      lease.array[0] = 9
    }
    using lease = view.leaseSync({ mode: 'shared' })
    assert.deepEqual([...lease.array], [9, 2, 3])
  },

  async 'a property of a blocking proxy is the view itself'({ sync, assert }) {
    const view = sync().keptView()
    const shelf = sync().makeViewShelf()
    assert.equal(shelf.view, view)
    assert.equal(shelf.inner.view, view)
  },

  async 'is refused when a lease of this very context is in the way'({ sync, assert }) {
    const view = sync().makeBytes(1, 2, 3)
    using lease = view.leaseSync(exclusive(0, 2))
    assert.throws(() => view.leaseSync({ mode: 'shared' }), { name: 'WouldBlockError' })
    using apart = view.leaseSync(exclusive(2, 3))
    assert.deepEqual([lease.array.length, apart.array.length], [2, 1])
  },
})

export const blockingViewCases = blocking
export const viewCases = [...crossing, ...leasing, ...copying, ...blocking]
