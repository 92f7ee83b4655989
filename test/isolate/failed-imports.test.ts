/**
 * An import that fails leaves nothing behind: no call that is never answered, so a context that is to finish its calls
 * first can still be closed.
 */
import { spawnIsolate } from '@farhold/transport-isolate'
import { expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

test('imports that fail are no pending calls', async () => {
  const guest = await spawnIsolate({
    modules: {
      bad: 'throw new Error("no")',
      late: 'await 1; throw new Error("too late")',
      good: 'export const one = 1',
    },
  })
  expect(await failureOf(guest.import('bad'))).toMatchObject({ message: 'no' })
  expect(await failureOf(guest.import('late'))).toMatchObject({ message: 'too late' })
  expect(await failureOf(guest.import('missing'))).toMatchObject({
    message: expect.stringContaining('was not found'),
  })
  const good = await guest.import<{ one: number }>('good')
  expect(await good.one).toBe(1)
  expect(guest.stats().pending).toBe(0)
  await guest.close({ drain: true })
})
