import type { Context } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import * as fixture from './fixture.ts'
import type * as Runner from './guest-runner.ts'
import { conformance } from './harness.ts'

let guest: Context<typeof Runner>
beforeAll(async () => {
  guest = await spawnIsolate<typeof Runner>({
    source: await bundle('./guest-runner.ts'),
    name: 'guest',
    globals: { fixture },
    memoryLimit: 128,
    writes: 'open',
    sharedMemory: true,
    redactStacks: false,
  })
})
afterAll(() => guest.close())

conformance(
  'an isolate, guest to host',
  async ({ name }) => {
    await guest.remote.run(name)
  },
  [
    {
      because: 'code in a guest is not told the counts of its session',
      failure: /no stats/,
      cases: [
        'reading: a nested path is one message',
        'reading: navigation alone sends nothing',
        'a Remote is harmless: as text, in JSON, in a container that is awaited: nothing is sent',
        'pipelining: a chain of dependent calls is one round trip',
        'pipelining: a chain through new',
        'pipelining: a result is an argument before it arrives',
        'batching: all calls of one turn leave together',
        'batching: calls, reads and writes of one turn leave together',
      ],
    },
    {
      because: 'code in a guest cannot listen to onError of its session',
      failure: /no reported errors/,
      cases: ['writing: a write that fails is reported to onError'],
    },
    {
      because: 'a bare isolate has no URL',
      failure: /URL is not defined/,
      cases: ['value: URL'],
    },
    {
      because: 'a bare isolate has no AbortController, so its code makes no signals',
      failure: /AbortController is not defined/,
      cases: [
        'signals: a signal is aborted there when it is aborted here',
        'signals: its listeners are told',
        'signals: a signal that is aborted already',
        'signals: a signal that is aborted in the same turn',
      ],
    },
    {
      because: 'a bare isolate has no streams: it gets iterables, and objects with write and close',
      failure: /(Readable|Writable)Stream is not defined|getWriter is not a function/,
      cases: [
        'streams: a readable stream in an argument',
        'streams: a readable stream that fails',
        'streams: a writable stream in an argument',
        'streams: a writable stream of the owner',
      ],
    },
    {
      because:
        'a bare isolate has no DOMException: one of the host arrives as an Error of that name',
      failure: /the value is "\[object Error\]"/,
      cases: ['errors: the class of a DOMException'],
    },
  ],
)
