import * as farhold from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import type { Case } from './case.ts'
import { callerLimitCases } from './cases/limits.ts'
import { conformance } from './harness.ts'
import { isAboutLimits, LIMITED } from './limited.ts'
import { runCase } from './run-case.ts'

const reported: unknown[] = []
const source = bundle('./fixture.ts')
const start = async (limits: Partial<farhold.Limits> = {}): Promise<farhold.Context> =>
  spawnIsolate({
    limits,
    source: await source,
    name: 'guest',
    memoryLimit: 128,
    writes: 'open',
    sharedMemory: true,
    onError: (error) => reported.push(error),
  })

let guest: farhold.Context
beforeAll(async () => {
  guest = await start()
})
afterAll(() => guest.close())

const runIn = (context: farhold.Context, conformanceCase: Case): Promise<void> =>
  runCase(conformanceCase, {
    farhold,
    remote: context.remote as object,
    sync: () => context.sync as object,
    stats: () => context.stats(),
    reported: () => reported,
  })

conformance(
  'an isolate, host to guest',
  async (conformanceCase) => {
    if (!isAboutLimits(conformanceCase)) return runIn(guest, conformanceCase)
    await using limited = await start(LIMITED)
    await runIn(limited, conformanceCase)
  },
  [
    {
      because: 'a guest does not bound its host',
      failure: /instead of (rejected|throwing)|no more than may be held|some are refused/,
      cases: callerLimitCases
        .map(({ name }) => name)
        .filter((name) => !name.includes('many calls of one turn')),
    },
    {
      because: 'no array is so long that a guest may send it',
      failure: /past the limit "keys" of 1000000/,
      cases: ['value: longest sparse array'],
    },
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
