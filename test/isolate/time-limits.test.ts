import { CallTimeoutError, type Context } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

const TIMEOUT = 100

let sandbox: Context

beforeAll(async () => {
  sandbox = await spawnIsolate({
    name: 'slow',
    timeout: TIMEOUT,
    globals: {
      later: async (value: unknown) => value,
      each: async (list: unknown[], callback: (x: unknown) => unknown) =>
        Promise.all(list.map((x) => callback(x))),
    },
  })
})

afterAll(() => sandbox.close())

async function expectStopped(promise: PromiseLike<unknown>): Promise<void> {
  const error = await failureOf(promise)
  expect(error).toBeInstanceOf(CallTimeoutError)
  expect((error as Error).message).toBe(
    `a stretch of execution in context "slow" took longer than its timeout of ${TIMEOUT} ms and was stopped.`,
  )
  expect(sandbox.evalSync('1 + 1')).toBe(2)
  expect(await sandbox.eval('2 + 2')).toBe(4)
}

describe('a guest that takes too long is stopped, and answers again', () => {
  const endless: Record<string, string> = {
    'a loop': 'for (;;);',
    'a regular expression': '/(a+)+b/.test("a".repeat(40))',
    'a loop after a promise of the host': '(async () => { await later(1); for (;;); })()',
    'a loop after two of them': '(async () => { await later(1); await later(2); for (;;); })()',
    'a callback of the host': 'each([1], () => { for (;;); })',
    'a getter of what it gives back': '({ get a() { for (;;); } })',
    'a getter deep inside': '[[{ get a() { for (;;); } }]]',
    'a proxy that it gives back': 'new Proxy({}, { ownKeys() { for (;;); } })',
    'a class that makes itself awaitable': 'class T { then() { for (;;); } }; new T()',
    'a thenable that its promise resolves to': 'Promise.resolve({ then() { for (;;); } })',
    'what it throws has an endless message': 'throw { get message() { for (;;) {} } }',
    'an error with an endless message':
      'const e = new Error("x"); Object.defineProperty(e, "message", { get() { for (;;); } }); throw e',
    'an error with an endless stack':
      'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); throw e',
    'an error with an endless cause': 'throw new Error("x", { cause: { get a() { for (;;); } } })',
    'a proxy that it throws':
      'throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); }, ownKeys() { for (;;); } })',
  }
  for (const [name, code] of Object.entries(endless)) {
    test(`eval: ${name}`, () => expectStopped(sandbox.eval(code)))
  }

  for (const name of [
    'a loop',
    'a getter of what it gives back',
    'what it throws has an endless message',
    'a proxy that it throws',
  ]) {
    test(`evalSync: ${name}`, async () => {
      await expectStopped((async () => sandbox.evalSync(endless[name] ?? ''))())
    })
  }

  test('a callback that the host calls later', async () => {
    const loop = (await sandbox.eval('() => { for (;;); }')) as () => Promise<never>
    await expectStopped(loop())
  })

  test('a getter that the host reads later', async () => {
    const object = (await sandbox.eval('(class { static get endless() { for (;;); } })')) as {
      endless: Promise<unknown>
    }
    await expectStopped(object.endless)
  })
})

describe('microtasks, rejections and stacks of a guest', () => {
  const harmless: Record<string, string> = {
    'microtasks without end': 'const turn = () => Promise.resolve().then(turn); turn(); "answered"',
    'a rejection with an endless message':
      'Promise.reject({ get message() { for (;;); } }); "answered"',
    'a rejection with a proxy':
      'Promise.reject(new Proxy(new Error("x"), { get() { for (;;); }, getPrototypeOf() { for (;;); } })); "answered"',
    'a rejection with an endless stack':
      'const e = new Error("x"); Object.defineProperty(e, "stack", { get() { for (;;); } }); Promise.reject(e); "answered"',
    prepareStackTrace:
      'try { Error.prepareStackTrace = () => { for (;;); } } catch {}; Promise.reject(new Error("x")); "answered"',
  }
  for (const [name, code] of Object.entries(harmless)) {
    test(`${name} stop neither the host nor the isolate`, async () => {
      // The answer was given before; whether it gets out before the limit or not, there is one.
      for (const outcome of [
        await failureOf(sandbox.eval(code)),
        await failureOf((async () => sandbox.evalSync(code))()),
      ]) {
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(CallTimeoutError)
        else expect(outcome).toEqual({ fulfilledWith: 'answered' })
      }
      expect(sandbox.evalSync('1 + 1')).toBe(2)
      expect(await sandbox.eval('2 + 2')).toBe(4)
    })
  }

  test("an unhandled rejection is not the next call's error", async () => {
    await sandbox.eval('Promise.reject(new RangeError("no one looks")); 0')
    expect(await sandbox.eval('1')).toBe(1)
    expect(sandbox.evalSync('2')).toBe(2)
    const error = await failureOf(sandbox.eval('throw new TypeError("mine")'))
    expect(error).toBeInstanceOf(TypeError)
  })

  // A promise takes an object with a then for a promise, and would call into the guest.
  test('an object with a then of the guest does not keep its caller waiting for ever', async () => {
    const outcome = failureOf(sandbox.eval('({ then() {} })'))
    const winner = await Promise.race([
      outcome.then(() => 'settled'),
      // Ten round trips later an answer that is going to come has come.
      (async () => {
        for (let turn = 0; turn < 10; turn++) await sandbox.eval('0')
        return 'still waiting'
      })(),
    ])
    expect(winner).toBe('settled')
  })
})

describe('the calls around one that is stopped', () => {
  test('those of the same batch are answered, in order', async () => {
    const outcomes = await Promise.all([
      failureOf(sandbox.eval('"before"')),
      failureOf(sandbox.eval('for (;;);')),
      failureOf(sandbox.eval('"after"')),
      failureOf(sandbox.eval('throw new RangeError("own")')),
    ])
    expect(outcomes[0]).toEqual({ fulfilledWith: 'before' })
    expect(outcomes[1]).toBeInstanceOf(CallTimeoutError)
    expect(outcomes[2]).toEqual({ fulfilledWith: 'after' })
    expect(outcomes[3]).toBeInstanceOf(RangeError)
  })

  test('one that waits for a promise of the host goes on', async () => {
    let settle: (value: string) => void = () => undefined
    await sandbox.bind({ gate: () => new Promise<string>((resolve) => (settle = resolve)) })
    const waiting = sandbox.eval('(async () => await gate() + "!")()')
    await sandbox.eval('0')
    expect(await failureOf(sandbox.eval('for (;;);'))).toBeInstanceOf(CallTimeoutError)
    settle('open')
    expect(await waiting).toBe('open!')
  })

  test('one that waits on its thread is stopped with what that thread serves', async () => {
    const entered = Promise.withResolvers<void>()
    const gate = (): Promise<never> => {
      entered.resolve()
      return new Promise(() => undefined)
    }
    await using waiter = await spawnIsolate({
      timeout: TIMEOUT,
      promises: 'wait',
      globals: { gate },
    })
    const waiting = failureOf(waiter.eval('gate()'))
    await entered.promise
    expect(await failureOf(waiter.eval('for (;;);'))).toBeInstanceOf(CallTimeoutError)
    expect(await waiting).toBeInstanceOf(CallTimeoutError)
    expect(await waiter.eval('1 + 1')).toBe(2)
  })

  test('answers that come later still leave, after a continuation was cut', async () => {
    await failureOf(sandbox.eval('(async () => { await later(1); for (;;); })()'))
    expect(await sandbox.eval('(async () => await later("left"))()')).toBe('left')
  })

  test('state that was changed before stays changed', async () => {
    await failureOf(sandbox.eval('globalThis.count = 1; for (;;);'))
    expect(sandbox.evalSync('count')).toBe(1)
  })
})

describe('wallTimeout', () => {
  test('bounds a call from start to end, host time included', async () => {
    await using patient = await spawnIsolate({
      name: 'patient',
      wallTimeout: 150,
      globals: { never: () => new Promise(() => undefined) },
    })
    const error = await failureOf(patient.eval('(async () => await never())()'))
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect((error as Error).message).toContain(
      'of context "patient" took longer than its wallTimeout of 150 ms',
    )
    expect(patient.evalSync('1 + 1')).toBe(2)
    expect(await failureOf(patient.eval('for (;;);'))).toBeInstanceOf(CallTimeoutError)
    expect(await patient.eval('1 + 1')).toBe(2)
  })
})
