/** Classes and modules of another context. */
import type { Remote, RemoteInstance, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'
import type * as thumbnails from './fixtures/thumbnails.ts'

type Thumbnailer = thumbnails.Thumbnailer

declare const module: Remote<typeof thumbnails>
declare const blocking: Sync<typeof thumbnails>

test('a module namespace: functions, constants, classes', async () => {
  expectTypeOf(await module.version).toEqualTypeOf<string>()
  expectTypeOf(await module.measure(new Uint8Array(1))).toEqualTypeOf<number>()
  expectTypeOf(blocking.version).toEqualTypeOf<string>()
})

test('new gives a Remote of the instance', async () => {
  expectTypeOf(new module.Thumbnailer(128)).toEqualTypeOf<RemoteInstance<Thumbnailer>>()
  using thumbs = await new module.Thumbnailer(128)
  expectTypeOf(thumbs).toEqualTypeOf<Remote<Thumbnailer>>()
  thumbs.onProgress = (done) => done.toFixed(2)
  expectTypeOf(await thumbs.render([new Uint8Array(1)])).toEqualTypeOf<Uint8Array[]>()
  // @ts-expect-error: the wrong argument
  new module.Thumbnailer('128')
})

test('an instance can be used before it is here', async () => {
  expectTypeOf(await new module.Thumbnailer(128).render([])).toEqualTypeOf<Uint8Array[]>()
  expectTypeOf(await new module.Thumbnailer(await module.size)).toEqualTypeOf<Remote<Thumbnailer>>()
  expectTypeOf(await new module.Thumbnailer(module.size)).toEqualTypeOf<Remote<Thumbnailer>>()
})

test('static members', async () => {
  expectTypeOf(await module.Thumbnailer.made).toEqualTypeOf<number>()
  expectTypeOf(await module.Thumbnailer.small().render([])).toEqualTypeOf<Uint8Array[]>()
})

test('an abstract class cannot be constructed', () => {
  // @ts-expect-error: abstract
  new module.Shape()
  expectTypeOf(module.Shape.sides).resolves.toEqualTypeOf<number>()
})

test('a class can be held and constructed later', async () => {
  using Thumbnailer = await module.Thumbnailer
  expectTypeOf(Thumbnailer).toEqualTypeOf<Remote<typeof thumbnails.Thumbnailer>>()
  expectTypeOf(await new Thumbnailer(1)).toEqualTypeOf<Remote<Thumbnailer>>()
})

test('a blocking class gives a Sync of the instance', () => {
  using thumbs = new blocking.Thumbnailer(128)
  expectTypeOf(thumbs).toEqualTypeOf<Sync<Thumbnailer>>()
  expectTypeOf(thumbs.render([])).toEqualTypeOf<Uint8Array[]>()
})
