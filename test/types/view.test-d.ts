import type { Lease, Received, Remote, Sendable, Sync, View } from '@farhold/core'
import { view } from '@farhold/core'
import { describe, expectTypeOf, test } from 'vitest'

declare const pixels: View<Uint8ClampedArray>

interface Worker {
  blur(pixels: View<Uint8ClampedArray>, range: readonly [number, number]): Promise<void>
  make(): View<Float32Array>
  readonly kept: { readonly pixels: View<Uint8ClampedArray> }
}
declare const remote: Remote<Worker>
declare const blocking: Sync<Worker>

describe('a view', () => {
  test('is of the kind of its content, whatever memory that has', () => {
    expectTypeOf(view(8)).toEqualTypeOf<View<Uint8Array>>()
    expectTypeOf(view(new Uint8ClampedArray(8))).toEqualTypeOf<View<Uint8ClampedArray>>()
    expectTypeOf(view(new Float64Array(new SharedArrayBuffer(8)))).toEqualTypeOf<
      View<Float64Array>
    >()
    expectTypeOf(view(new BigInt64Array(1)).kind).toEqualTypeOf<'BigInt64Array'>()
    // @ts-expect-error: no typed array
    view(new DataView(new ArrayBuffer(8)))
    // @ts-expect-error: no typed array
    view([1, 2, 3])
  })

  test('gives arrays of its kind, and no other view is one of it', () => {
    expectTypeOf(pixels.lease()).resolves.toEqualTypeOf<Lease<Uint8ClampedArray>>()
    expectTypeOf(pixels.leaseSync().array).toEqualTypeOf<Uint8ClampedArray>()
    expectTypeOf<View<Uint8Array>>().not.toExtend<View<Uint8ClampedArray>>()
    // @ts-expect-error: no mode
    pixels.lease({ mode: 'read' })
    // @ts-expect-error: a range has two ends
    pixels.lease({ range: [1] })
  })

  test('is the same on both sides', () => {
    expectTypeOf<Received<View<Uint8ClampedArray>>>().toEqualTypeOf<View<Uint8ClampedArray>>()
    expectTypeOf<View<Uint8ClampedArray>>().toExtend<Sendable<View<Uint8ClampedArray>>>()
    expectTypeOf(remote.blur).toBeCallableWith(pixels, [0, 4])
    expectTypeOf(blocking.blur(pixels, [0, 4])).toEqualTypeOf<void>()
    expectTypeOf(remote.make()).resolves.toEqualTypeOf<View<Float32Array>>()
    expectTypeOf(blocking.make()).toEqualTypeOf<View<Float32Array>>()
    expectTypeOf(remote.kept.pixels).resolves.toEqualTypeOf<View<Uint8ClampedArray>>()
    // @ts-expect-error: of another kind
    remote.blur(view(8), [0, 4])
  })

  test('a lease is given back by using', () => {
    expectTypeOf<Lease>().toExtend<Disposable>()
  })
})
