/**
 * Ranges that are lent as copies, between contexts that share no memory: when they come home, and when they do not count.
 */
import {
  connect,
  copy,
  expose,
  loopback,
  type Session,
  scope,
  type View,
  view,
} from '@farhold/core'
import { afterEach, beforeEach, expect, test } from 'vitest'

let own: View
let far: View
let owner: Session
let session: Session<{ own: View; second: View; large: View; big: View<BigInt64Array> }>
let second: View
const reported: unknown[] = []

beforeEach(async () => {
  own = view(new Uint8Array([1, 2, 3, 4]))
  const [here, there] = loopback()
  second = view(new Uint8Array([5, 6, 7, 7]))
  const others = { second, large: view(5), big: view(new BigInt64Array(1)) }
  owner = expose({ own, ...others }, here, {
    sharedMemory: false,
    limits: { messageSize: 100_000 },
  })
  session = connect(there, { sharedMemory: false, onError: (error) => reported.push(error) })
  far = await session.remote.own
})
afterEach(async () => {
  await session.close()
  expect(reported.splice(0)).toEqual([])
})

async function read(bytes = own): Promise<number[]> {
  using lease = await bytes.lease({ mode: 'shared' })
  return [...lease.array]
}

test('what was written is home before the next one has the range, and not earlier', async () => {
  const lease = await far.lease({ range: [1, 3] })
  lease.array.fill(9)
  const next = read()
  using apart = own.leaseSync({ mode: 'shared', range: [3, 4] })
  expect(apart.array[0]).toBe(4)
  lease[Symbol.dispose]()
  expect(await next).toEqual([1, 9, 9, 4])
})

test('an array that was put aside is detached when its lease ends, and what is written to it later is lost', async () => {
  const lease = await far.lease()
  const aside = lease.array
  lease[Symbol.dispose]()
  expect(aside.length).toBe(0)
  aside[0] = 9
  expect(await read()).toEqual([1, 2, 3, 4])
})

test('copies between two views of the other context wait for leases and for each other, and keep nothing when they fail', async () => {
  const [one, two] = [far, await session.remote.second]
  const lease = second.leaseSync({ range: [3, 4] })
  const copies = Promise.all([copy(one, two), copy(two, one), copy(one, two)])
  await session.remote.own
  using apart = second.leaseSync({ mode: 'shared', range: [3, 3] })
  expect(apart.array.length).toBe(0)
  lease.array[0] = 8
  lease[Symbol.dispose]()
  await copies
  expect(await read(second)).toEqual(await read())
  await expectRefused(two)
})

async function expectRefused(two: View): Promise<void> {
  const large = await session.remote.large
  const error = await copy(large, two).then(undefined, (refusal: unknown) => refusal)
  expect(error).toBeInstanceOf(RangeError)
  const mixed = await copy(await session.remote.big, two).then(
    undefined,
    (refusal: unknown) => refusal,
  )
  expect(mixed).toBeInstanceOf(TypeError)
  // Nothing is kept.
  using _whole = second.leaseSync({ mode: 'shared' })
  using _large = await large.lease()
}

test('a shared lease sends nothing home', async () => {
  {
    using lease = await far.lease({ mode: 'shared' })
    lease.array.fill(9)
  }
  expect(await read()).toEqual([1, 2, 3, 4])
})

test('one that is taken back in the same turn in which it was given is over when it is there', async () => {
  const first = own.leaseSync()
  const waiting = far.lease()
  await session.remote.own
  first[Symbol.dispose]()
  expect(own.revoke()).toBe(1)
  const lease = await waiting
  expect([lease.isOver, lease.array]).toEqual([true, undefined])
  lease[Symbol.dispose]()
  expect(await read()).toEqual([1, 2, 3, 4])
})

test('word that a lease is taken back that was disposed of meanwhile does nothing', async () => {
  const lease = await far.lease({ range: [0, 2] })
  lease.array.fill(7)
  expect(own.revoke()).toBe(1)
  lease[Symbol.dispose]()
  using other = await far.lease({ range: [0, 2] })
  expect([...other.array]).toEqual([1, 2])
  expect(other.isOver).toBe(false)
})

test('a program may move the bytes elsewhere: then there is nothing to send home', async () => {
  const lease = await far.lease()
  const bytes = structuredClone(lease.array, { transfer: [lease.array.buffer as ArrayBuffer] })
  expect([...bytes]).toEqual([1, 2, 3, 4])
  lease[Symbol.dispose]()
  expect(await read()).toEqual([1, 2, 3, 4])
})

test('the end of the session loses what was not sent home, and frees the range', async () => {
  const lease = await far.lease()
  const aside = lease.array
  aside.fill(9)
  const next = read()
  await owner.close()
  expect(await next).toEqual([1, 2, 3, 4])
  expect([lease.isOver, lease.array]).toEqual([true, undefined])
  lease[Symbol.dispose]()
  expect(aside.length).toBe(0)
})

test('the end of the scope that it was taken in ends it, and it does not count', async () => {
  const lease = await scope(async () => {
    const taken = await (await session.remote.second).lease()
    taken.array.fill(9)
    return taken
  })
  expect([lease.isOver, lease.array]).toEqual([true, undefined])
  expect(await read(second)).toEqual([5, 6, 7, 7])
})

test('with drain, the end waits for it, and what was written comes home', async () => {
  const lease = await far.lease()
  lease.array.fill(9)
  const closing = session.close({ drain: true })
  lease[Symbol.dispose]()
  await closing
  expect(await read()).toEqual([9, 9, 9, 9])
})
