import { expect, test } from 'vitest'
import { connect, expose, loopback, type Platform } from './index.ts'
import { ambientPlatform } from './platform.ts'

const { AbortController: _, AbortSignal: __, ...rest } = ambientPlatform
const bare: Platform = rest

test.each([
  ['the platform’s own', ambientPlatform],
  ['ours, where the platform has none', bare],
])('a signal that is sent home is the owner’s own: %s', async (_, platform) => {
  const stopper = new AbortController()
  const heard: unknown[] = []
  const [here, there] = loopback()
  const owner = expose(
    {
      signal: () => stopper.signal,
      isOwn: (signal: unknown) => signal === stopper.signal,
    },
    here,
  )
  const { remote, close } = connect<{
    signal(): AbortSignal
    isOwn(signal: AbortSignal): boolean
  }>(there, { platform })
  const signal = (await remote.signal()) as AbortSignal
  expect(Object.prototype.toString.call(signal)).toBe('[object AbortSignal]')
  signal.addEventListener('abort', () => heard.push(signal.reason))
  expect(await remote.isOwn(signal)).toBe(true)
  stopper.abort('enough')
  expect(await remote.isOwn(signal)).toBe(true)
  expect(heard).toEqual(['enough'])
  await close()
  await owner.close()
})
