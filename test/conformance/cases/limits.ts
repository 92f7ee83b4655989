/**
 * What a peer may cost: at each limit all is well, one past it a call is refused, and nothing else is. Every case has a
 * session of its own, with the limits of `limited.ts` on both sides, but for a guest, which does not bound its host.
 */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'
import { LIMITED } from '../limited.ts'

type LimitName = keyof typeof LIMITED

/** One call is refused for the limit, and those around it are not. */
async function refuses(
  { remote, assert }: CaseContext,
  limit: LimitName,
  call: () => PromiseLike<unknown>,
): Promise<void> {
  // Awaited at once: the answer of one that is not is kept, which may be the limit.
  const before = Promise.resolve(remote.add(1, 2).then((sum: number) => sum))
  // What it gives instead is no matter for the message.
  const refused = (async () => {
    await call()
    return 'an answer'
  })()
  const after = Promise.resolve(remote.add(3, 4).then((sum: number) => sum))
  const error = await assert.rejects(refused, {
    name: 'LimitExceededError',
    code: 'FARHOLD_LIMIT_EXCEEDED',
  })
  assert.equal((error as { readonly limit?: unknown }).limit, limit, 'the limit of the error')
  assert.ok(
    error instanceof Error && error.message.includes(`"${limit}"`),
    'its name in the message',
  )
  assert.equal(await before, 3)
  assert.equal(await after, 7)
  assert.equal(await remote.add(5, 6), 11)
}

function nested(levels: number): unknown {
  let value: unknown = 'deepest'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

/** What a string may be long as the only argument of a call, or its result. */
const longestArgument = (method: string): number => LIMITED.messageSize - method.length - 6
const longestResult = LIMITED.messageSize - 2

/** How deep `ring.next.next...name` is. */
function around(remote: Untyped, steps: number): Untyped {
  let at = remote.ring
  for (let step = 0; step < steps - 2; step++) at = at.next
  return at.name
}

/** Makes objects until no more may be held. */
async function fill({ remote, assert, farhold }: CaseContext): Promise<Untyped[]> {
  const held: Untyped[] = []
  // A session in which nothing is given back warns.
  farhold.release((await remote.giveCounter())[0])
  for (;;) {
    try {
      held.push((await remote.giveCounter())[0])
    } catch (error) {
      assert.equal((error as { readonly limit?: unknown }).limit, 'exports')
      return held
    }
    assert.ok(held.length <= LIMITED.exports, 'no more than may be held')
  }
}

const argumentCases = group('limits of arguments', {
  depth: async (context) => {
    const { remote, assert } = context
    assert.equal(await remote.kindOf(nested(LIMITED.depth)), 'object')
    await refuses(context, 'depth', () => remote.kindOf(nested(LIMITED.depth + 1)))
  },

  'depth, of causes': async (context) => {
    const { remote, assert } = context
    const chain = (errors: number): Error => {
      let error = new Error('first')
      for (let n = 1; n < errors; n++) error = new Error('next', { cause: error })
      return error
    }
    assert.equal(await remote.kindOf(chain(LIMITED.depth)), 'object')
    await refuses(context, 'depth', () => remote.kindOf(chain(LIMITED.depth + 1)))
  },
})

const ownerCases = group('limits of a caller', {
  'keys of an array': async (context) => {
    const { remote, assert } = context
    // The list of arguments is of the message, too.
    const items = (length: number): number[] => Array.from({ length }, (_, n) => n)
    assert.equal(await remote.kindOf(items(LIMITED.keys - 1)), 'object')
    await refuses(context, 'keys', () => remote.kindOf(items(LIMITED.keys)))
  },

  'keys of an object': async (context) => {
    const { remote, assert } = context
    const record = (keys: number): object =>
      Object.fromEntries(Array.from({ length: keys }, (_, n) => [`key${n}`, n]))
    assert.equal(await remote.kindOf(record(LIMITED.keys - 1)), 'object')
    await refuses(context, 'keys', () => remote.kindOf(record(LIMITED.keys)))
  },

  'keys of a Map and a Set': async (context) => {
    const { remote, assert } = context
    const half = LIMITED.keys / 2
    const numbers = (length: number): number[] => Array.from({ length }, (_, n) => n)
    const map = new Map(numbers(half).map((n) => [n, n]))
    assert.equal(await remote.kindOf([map, new Set(numbers(half - 3))]), 'object')
    await refuses(context, 'keys', () => remote.kindOf([map, new Set(numbers(half - 2))]))
  },

  'keys of an array of holes': async (context) => {
    const { remote, assert } = context
    assert.equal(await remote.kindOf(new Array(LIMITED.keys - 1)), 'object')
    await refuses(context, 'keys', () => remote.kindOf(new Array(LIMITED.keys)))
    await refuses(context, 'keys', () => remote.kindOf(new Array(2 ** 32 - 1)))
  },

  'messageSize of a string': async (context) => {
    const { remote, assert } = context
    const text = (length: number): string => 'x'.repeat(length)
    assert.equal(await remote.kindOf(text(longestArgument('kindOf'))), 'string')
    await refuses(context, 'messageSize', () => remote.kindOf(text(longestArgument('kindOf') + 1)))
  },

  'messageSize of many strings': async (context) => {
    const { remote, assert } = context
    // A list of lists: the quotes and the comma of each string, and two brackets and a comma around them.
    const strings = (each: number): string[] => Array.from({ length: 100 }, () => 'x'.repeat(each))
    const each = Math.floor((longestArgument('kindOf') - 400) / 100)
    assert.equal(await remote.kindOf(strings(each)), 'object')
    await refuses(context, 'messageSize', () => remote.kindOf(strings(each + 5)))
  },

  'messageSize of bytes': async (context) => {
    const { remote, assert } = context
    const bytes = (length: number): Uint8Array => new Uint8Array(length)
    assert.equal(await remote.kindOf(bytes(LIMITED.messageSize - 100)), 'object')
    await refuses(context, 'messageSize', () => remote.kindOf(bytes(LIMITED.messageSize)))
    await refuses(context, 'messageSize', () => remote.kindOf(bytes(LIMITED.messageSize).buffer))
  },

  'messageSize of a path': async (context) => {
    const { remote } = context
    await refuses(context, 'messageSize', () => remote['x'.repeat(LIMITED.messageSize)])
  },

  'messageSize: the error names the call': async ({ remote, assert }) => {
    await assert.rejects(remote.kindOf('x'.repeat(LIMITED.messageSize)), {
      message:
        /^the size 1000\d\d of arguments of "(an object\.)?kindOf" is past the limit "messageSize" of 100000\.$/,
    })
  },

  'messageSize: many calls of one turn are not one message': async ({ remote, assert }) => {
    const text = 'x'.repeat(LIMITED.messageSize / 10)
    const kinds = await Promise.all(
      Array.from({ length: 100 }, () =>
        Promise.resolve(remote.kindOf(text).then((kind: string) => kind)),
      ),
    )
    assert.deepEqual([...new Set(kinds)], ['string'])
  },

  'messageSize: many calls of one turn bring their own bytes': async ({ remote, assert }) => {
    const size = LIMITED.messageSize / 5
    const sums = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        Promise.resolve(
          remote
            .sumOf(new Uint8Array(size).fill(n), 'x'.repeat(n * 500))
            .then((sum: number) => sum),
        ),
      ),
    )
    assert.deepEqual(
      sums,
      Array.from({ length: 20 }, (_, n) => n * size),
    )
  },

  'digits of a BigInt': async (context) => {
    const { remote, assert } = context
    assert.equal(await remote.kindOf(-(10n ** BigInt(LIMITED.digits) - 1n)), 'bigint')
    await refuses(context, 'digits', () => remote.kindOf(10n ** BigInt(LIMITED.digits)))
  },

  pathLength: async (context) => {
    const { remote, assert } = context
    assert.equal(await around(remote, LIMITED.pathLength), 'ring')
    await refuses(context, 'pathLength', () => around(remote, LIMITED.pathLength + 1))
  },

  'pathLength of a path in an argument': async (context) => {
    const { remote, assert } = context
    assert.equal(await remote.kindOf(around(remote, LIMITED.pathLength)), 'string')
    await refuses(context, 'pathLength', () =>
      remote.kindOf(around(remote, LIMITED.pathLength + 1)),
    )
  },

  pendingCalls: async ({ remote, assert }) => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const waiting = Array.from({ length: LIMITED.pendingCalls }, () =>
      Promise.resolve(remote.awaitInside({ wait: promise }).then((value: unknown) => value)),
    )
    for (const call of waiting) call.catch(() => undefined)
    const error = await assert.rejects(remote.add(1, 2), { name: 'LimitExceededError' })
    assert.equal((error as { readonly limit?: unknown }).limit, 'pendingCalls')
    // When they are answered there may be others.
    resolve('here')
    assert.deepEqual([...new Set(await Promise.all(waiting))], ['here'])
    assert.equal(await remote.add(1, 2), 3)
  },

  promises: async (context) => {
    const { remote, assert } = context
    const pending = Array.from({ length: LIMITED.promises }, () => Promise.withResolvers<number>())
    for (const { promise } of pending) assert.equal(await remote.kindOf([promise]), 'object')
    const one = new Promise(() => undefined)
    await refuses(context, 'promises', () => remote.kindOf([one]))
    // One that is there already is no other.
    assert.equal(await remote.kindOf([pending[0]?.promise]), 'object')
    for (const { resolve } of pending) resolve(1)
    await context.roundTrip()
    assert.equal(await remote.kindOf([one]), 'object')
  },

  symbols: async (context) => {
    const { remote, assert } = context
    for (let n = 0; n < LIMITED.symbols; n++)
      assert.equal(await remote.kindOf(Symbol.for(`limits ${n}`)), 'symbol')
    await refuses(context, 'symbols', () => remote.kindOf(Symbol.for('limits, one more')))
    await refuses(context, 'symbols', () =>
      context.farhold.RemoteReflect.get(remote.bySymbol, Symbol.for('limits, another')),
    )
    assert.equal(await remote.kindOf(Symbol.for('limits 0')), 'symbol')
    assert.equal(await remote.kindOf(Symbol.iterator), 'symbol')
  },

  credit: async (context) => {
    const { remote, assert, farhold } = context
    const list = async (prefetch: number): Promise<unknown[]> => {
      const seen: unknown[] = []
      for await (const item of farhold.withOptions(remote.iterables.list, { prefetch }))
        seen.push(item)
      return seen
    }
    assert.deepEqual(await list(LIMITED.credit), [1, 2, 3])
    await refuses(context, 'credit', () => list(LIMITED.credit + 1))
  },

  exports: async (context) => {
    const { remote, assert, farhold } = context
    const held = await fill(context)
    assert.ok(held.length > LIMITED.exports / 2, 'as many as may be held')
    await refuses(context, 'exports', () => remote.giveCounter())
    farhold.release(held.pop())
    held.push((await remote.giveCounter())[0])
    await refuses(context, 'exports', () => remote.giveCounter())
    for (const counter of held) farhold.release(counter)
    assert.equal((await fill(context)).length, held.length, 'as many as at first')
  },

  'exports, with answers that are held': async (context) => {
    const { remote, assert, farhold, asRemote } = context
    const held = await fill(context)
    farhold.release(held.pop())
    // A call that is not awaited keeps its answer there.
    const counter = remote.makeCounter(0)
    assert.equal(await asRemote(counter).increment(), 1)
    await refuses(context, 'exports', () => remote.giveCounter())
    farhold.release(counter)
    held.push((await remote.giveCounter())[0])
    for (const one of held) farhold.release(one)
  },

  'exports: what is refused leaves nothing behind': async (context) => {
    const { remote, assert, farhold } = context
    const held = await fill(context)
    for (let n = 0; n < 5; n++) farhold.release(held.pop())
    // Five of the six are introduced before it is too much, and taken back.
    const six = (): unknown => remote.giveCounters(6)
    for (let n = 0; n < 3; n++) await refuses(context, 'exports', six as () => PromiseLike<unknown>)
    assert.equal(((await remote.giveCounters(5)) as unknown[]).length, 5)
  },

  'callRate, when too many come at once': async ({ remote, assert, farhold: _ }) => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 * LIMITED.callRate }, (_item, n) =>
        Promise.resolve(remote.add(n, 1).then((value: unknown) => value)),
      ),
    )
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    assert.ok(refused.length > 0, 'some are refused')
    assert.ok(outcomes.length - refused.length >= LIMITED.callRate / 2, 'and some are not')
    for (const outcome of refused) {
      const { reason } = outcome as PromiseRejectedResult
      assert.equal((reason as { readonly limit?: unknown }).limit, 'callRate')
    }
    // When a little time has passed there may be more.
    for (;;) {
      try {
        assert.equal(await remote.add(1, 2), 3)
        return
      } catch (error) {
        assert.equal((error as { readonly limit?: unknown }).limit, 'callRate')
      }
    }
  },
})

const resultCases = group('limits of an answer', {
  depth: async (context) => {
    const { remote, assert } = context
    assert.ok(Array.isArray(await remote.giveNested(LIMITED.depth + 1)))
    await refuses(context, 'depth', () => remote.giveNested(LIMITED.depth + 2))
  },

  keys: async (context) => {
    const { remote, assert } = context
    assert.equal(((await remote.giveItems(LIMITED.keys)) as unknown[]).length, LIMITED.keys)
    await refuses(context, 'keys', () => remote.giveItems(LIMITED.keys + 1))
  },

  messageSize: async (context) => {
    const { remote, assert } = context
    assert.equal(((await remote.giveText(longestResult)) as string).length, longestResult)
    await refuses(context, 'messageSize', () => remote.giveText(longestResult + 1))
  },

  'messageSize: the error names the call': async ({ remote, assert }) => {
    await assert.rejects(remote.giveText(LIMITED.messageSize), {
      message:
        /^the size 100002 of result in a call of "giveText" is past the limit "messageSize" of 100000\.$/,
    })
  },

  'messageSize of an item': async (context) => {
    const { remote, assert } = context
    const lengths = async (length: number): Promise<number[]> => {
      const seen: number[] = []
      for await (const text of remote.texts(length)) seen.push((text as string).length)
      return seen
    }
    assert.deepEqual(await lengths(longestResult), [longestResult, longestResult])
    await refuses(context, 'messageSize', () => lengths(longestResult + 1))
  },

  'messageSize of an error': async (context) => {
    const { remote, assert } = context
    await assert.rejects(remote.failWith(LIMITED.messageSize / 3), { name: 'RangeError' })
    await refuses(context, 'messageSize', () => remote.failWith(LIMITED.messageSize))
  },

  'messageSize: a promise that settles with too much': async (context) => {
    const { remote, assert } = context
    const { text } = (await remote.promiseText(longestResult)) as { text: Promise<string> }
    assert.equal((await text).length, longestResult)
    await refuses(context, 'messageSize', async () => {
      const { text } = (await remote.promiseText(longestResult + 1)) as { text: Promise<string> }
      return text
    })
  },

  promises: async (context) => {
    const { remote, assert } = context
    assert.equal(
      ((await remote.givePending(LIMITED.promises)) as unknown[]).length,
      LIMITED.promises,
    )
    await refuses(context, 'promises', () => remote.givePending(1))
  },
})

const depthCases = group('limits of calls within calls', {
  callDepth: async (context) => {
    const { assert } = context
    const sync = context.sync()
    const back = (n: number): unknown => sync.bounce(n, back)
    assert.equal(sync.bounce(LIMITED.callDepth - 1, back), 'end')
    const error = assert.throws(() => sync.bounce(LIMITED.callDepth, back), {
      code: 'FARHOLD_LIMIT_EXCEEDED',
    })
    assert.equal((error as { readonly limit?: unknown }).limit, 'callDepth')
    assert.equal(sync.bounce(LIMITED.callDepth - 1, back), 'end')
  },
})

const blockingCases = group('limits and blocking', {
  'a blocking call comes behind all that was called before': async (context) => {
    const { remote, assert } = context
    context.sync()
    const counter = (await remote.giveCounter())[0]
    const padding = 'x'.repeat(LIMITED.messageSize / 3)
    const before = Array.from({ length: 20 }, () =>
      context
        .asRemote(counter)
        .increment(1, padding)
        .then((count: number) => count),
    )
    assert.equal((context.farhold.sync(counter) as Untyped).increment(1), 21)
    assert.equal(await before.at(-1), 20)
  },
})

const statsCases = group('limits in stats', {
  'what is used, what may be used, and what was refused': async (context) => {
    const { remote, assert, stats, ownerStats, farhold } = context
    const here = stats().limits
    assert.deepEqual(Object.keys(here).sort(), [...Object.keys(LIMITED), 'lockRequests'].sort())
    for (const [name, limit] of Object.entries(LIMITED))
      assert.equal(here[name as LimitName].limit, limit, name)
    await assert.rejects(remote.giveItems(LIMITED.keys + 1), { code: 'FARHOLD_LIMIT_EXCEEDED' })
    assert.equal(stats().limits.keys.refused, here.keys.refused + 1)
    assert.equal(stats().limits.keys.used, undefined)

    const there = ownerStats()?.limits
    if (there === undefined) return
    const held = [await remote.makeCounter(), await remote.makeCounter()]
    const { promise, resolve } = Promise.withResolvers<number>()
    await remote.kindOf([promise, Symbol.for('limits in stats')])
    await assert.rejects(remote.kindOf(nested(LIMITED.depth + 1)), {})
    const used = ownerStats()?.limits
    assert.equal(used?.exports.used, (there.exports.used ?? 0) + 2)
    assert.equal(used?.promises.used, 1)
    assert.equal(used?.symbols.used, 1)
    assert.equal(used?.pendingCalls.used, 0)
    for (const one of held) farhold.release(one)
    resolve(1)
    await context.roundTrip()
    await context.roundTrip()
    assert.equal(ownerStats()?.limits.exports.used, there.exports.used)
    assert.equal(ownerStats()?.limits.promises.used, 0)
  },
})

/** What bounds a caller, which a guest does not do with its host. */
export const callerLimitCases: readonly Case[] = [...ownerCases, ...depthCases]
/** Those that need a caller that can block. */
export const blockingLimitCases: readonly Case[] = [...depthCases, ...blockingCases]

export const limitCases: readonly Case[] = [
  ...argumentCases,
  ...ownerCases,
  ...resultCases,
  ...depthCases,
  ...blockingCases,
  ...statsCases,
]
