import { type Context, contextOf } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Module = typeof import('./fixtures/third-context.ts')

let left: Context<Module>
let right: Context<Module>

beforeEach(async () => {
  const module = new URL('./fixtures/third-context.ts', import.meta.url)
  left = await spawnWorker<Module>(module, { name: 'left' })
  right = await spawnWorker<Module>(module, { name: 'right' })
})

afterEach(async () => {
  await Promise.all([left.close(), right.close()])
})

test('a proxy of one worker works in another', async () => {
  using ada = await new left.remote.Person('Ada')
  expect(contextOf(ada)).toBe('left')
  expect(await right.remote.visit(ada)).toBe('Ada greets the visitor')
  expect(await right.remote.nameOf(ada)).toBe('Ada')
  expect(await ada.visits()).toBe(1)
})

test('a callback of the other worker reaches it through here', async () => {
  using ada = await new left.remote.Person('Ada')
  expect(await right.remote.askThrough(ada)).toBe('Ada heard a question for Ada')
})

test('a result that has not arrived yet can be passed on', async () => {
  expect(await right.remote.visit(new left.remote.Person('Bo'))).toBe('Bo greets the visitor')
})

test('it can be kept there and used when the proxy here is released', async () => {
  const ada = await new left.remote.Person('Ada')
  await right.remote.keep(ada)
  expect(await right.remote.visitKept()).toBe('Ada greets the keeper')
  ada[Symbol.dispose]()
  expect(await right.remote.visitKept()).toBe('Ada greets the keeper')
})

test('when its owner ends, the other worker is told who', async () => {
  using ada = await new left.remote.Person('Ada')
  await right.remote.keep(ada)
  await left.close()
  expect(await failureOf(right.remote.visitKept())).toMatchObject({
    code: 'FARHOLD_CONTEXT_CLOSED',
    message: expect.stringContaining('"left"') as string,
  })
  expect(await right.eval('1 + 1')).toBe(2)
})
