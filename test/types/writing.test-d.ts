/** Assigning to what another context owns. */
import type { Proxied, Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

class Item {
  readonly #secret = 1
  use(): number {
    return this.#secret
  }
}

interface Job {
  count: number
  label: string | undefined
  options: { retries: number; tags: string[] }
  started: Date
  readonly fixed: number
  item: Item
  kept: Proxied<Item>
  onProgress?: (done: number, name: string) => void
  onDone: ((report: { text: string }) => Promise<void>) | null
  onQuestion?: (text: string) => number
  check?(text: string): { readonly passed: boolean }
  run(): void
}

declare const job: Remote<Job>
declare const blocking: Sync<Job>

test('a callback that may be missing takes a local function', async () => {
  job.onProgress = (done, name) => {
    expectTypeOf(done).toEqualTypeOf<number>()
    expectTypeOf(name).toEqualTypeOf<string>()
  }
  job.onProgress = (done) => done.toFixed(2)
  job.onProgress = async (done) => done.toFixed(2)
  job.onDone = (report) => report.text.length
  job.onDone = null
  job.onQuestion = (text) => text.length
  job.onQuestion = async (text) => text.length
  // @ts-expect-error: the wrong parameter
  job.onProgress = (done: string) => done
  // @ts-expect-error: the wrong result
  job.onQuestion = (text) => text
})

test('such a callback can be read and called', async () => {
  const current = {} as Remote<Job>
  await current.onProgress?.(1, 'x')
  expectTypeOf(await current.onQuestion?.('x')).toEqualTypeOf<number | undefined>()
  delete current.onProgress
})

test('an optional method is a method', async () => {
  expectTypeOf(await job.check?.('x').passed).toEqualTypeOf<boolean | undefined>()
})

test('through a Sync, data and callbacks are written as they are', () => {
  blocking.count = 5
  blocking.count += 1
  blocking.label = undefined
  blocking.options = { retries: 3, tags: ['a'] }
  blocking.options.retries++
  blocking.options.tags.push('b')
  blocking.started = new Date()
  blocking.onProgress = (done, name) => `${done.toFixed(2)} ${name.length}`
  blocking.onDone = null
  // @ts-expect-error: readonly
  blocking.fixed = 5
  // @ts-expect-error: wrong type
  blocking.count = '5'
})
