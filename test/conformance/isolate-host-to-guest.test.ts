import * as farhold from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import { conformance } from './harness.ts'
import { runCase } from './run-case.ts'

let guest: farhold.Context
const reported: unknown[] = []
beforeAll(async () => {
  guest = await spawnIsolate({
    source: await bundle('./fixture.ts'),
    name: 'guest',
    memoryLimit: 128,
    writes: 'open',
    sharedMemory: true,
    onError: (error) => reported.push(error),
  })
})
afterAll(() => guest.close())

conformance(
  'an isolate, host to guest',
  (conformanceCase) =>
    runCase(conformanceCase, {
      farhold,
      remote: guest.remote as object,
      sync: () => guest.sync as object,
      stats: () => guest.stats(),
      reported: () => reported,
    }),
  [
    {
      because: 'a bare isolate has no URL',
      failure: /a URL cannot be made in context "guest"/,
      cases: ['value: URL'],
    },
    {
      because: 'a bare isolate has no AbortController, so its code makes no signals',
      failure: /AbortController is not defined/,
      cases: ['signals: a signal in a result'],
    },
    {
      because: 'a bare isolate has no streams: it gets iterables, and objects with write and close',
      failure:
        /(Readable|Writable)Stream is not defined|(getWriter|getReader|cancel) is not a function/,
      cases: [
        'streams: a readable stream of the owner',
        'streams: a writable stream in an argument',
        'streams: a writable stream of the owner',
        'stopping a stream: no more is made than may be under way, from the owner',
        'stopping a stream: the reason for cancelling arrives here',
        'stopping a stream: one that was never read is cancelled too',
        'stopping a stream: a sink that is slow is waited for',
        'stopping a stream: the reason for aborting arrives at the sink',
        'stopping a stream: a chunk that cannot cross aborts the sink',
      ],
    },
    {
      because: 'a bare isolate does not follow asynchronous work',
      failure: /\[1\] is false, not true/,
      cases: ['current call: is known in all that a method awaits'],
    },
    {
      because: 'a bare isolate has no DOMException, so its code throws none',
      failure: /DOMException is not defined|the value is "\[object Error\]"/,
      cases: [
        'errors: the name and the message of a DOMException',
        'errors: the class of a DOMException',
      ],
    },
  ],
)
