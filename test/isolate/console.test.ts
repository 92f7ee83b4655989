import { spawnIsolate } from '@farhold/transport-isolate'
import { expect, test, vi } from 'vitest'

/** What the guest's console said, when everything it said has arrived. */
async function linesOf(code: string): Promise<unknown[][]> {
  const lines: unknown[][] = []
  await using sandbox = await spawnIsolate({
    timeout: 1000,
    globals: { orders: [{ id: 1 }] },
    console: (level, ...args) => lines.push([level, ...args]),
  })
  await sandbox.eval(code)
  // A line that cannot cross is said again in words: one more round trip for it.
  await sandbox.eval('0')
  await sandbox.eval('0')
  return lines
}

test('every level is heard, with its arguments, in order', async () => {
  expect(
    await linesOf(
      ['log', 'info', 'warn', 'error', 'debug', 'trace']
        .map((level) => `console.${level}('${level}', 1)`)
        .join(';'),
    ),
  ).toEqual(['log', 'info', 'warn', 'error', 'debug', 'trace'].map((level) => [level, level, 1]))
})

test('data arrives as data', async () => {
  expect(
    await linesOf(
      'console.log({ a: [1, { b: 2n }] }, new Map([[1, new Set([2])]]), null, undefined, -0)',
    ),
  ).toEqual([['log', { a: [1, { b: 2n }] }, new Map([[1, new Set([2])]]), null, undefined, -0]])
})

test('cycles arrive as cycles', async () => {
  const [line] = await linesOf('const a = { name: "a" }; a.self = a; console.log(a)')
  const got = line?.[1] as { name: string; self: unknown }
  expect(got.name).toBe('a')
  expect(got.self).toBe(got)
})

test('functions, classes and symbols are named', async () => {
  expect(
    await linesOf('console.log(function add() {}, () => 1, class Shop {}, Symbol("x"))'),
  ).toEqual([
    ['log', '[Function: add]', '[Function: (anonymous)]', '[Function: Shop]', 'Symbol(x)'],
  ])
})

test('errors arrive as errors', async () => {
  const [line] = await linesOf('console.error(new RangeError("no"))')
  expect(line?.[1]).toBeInstanceOf(RangeError)
  expect(line?.[1]).toMatchObject({ message: 'no' })
})

test('what cannot cross is said in words, and breaks nothing', async () => {
  expect(
    await linesOf(
      'class P {}; console.log(new P(), 1); console.log(new WeakMap()); console.log("after")',
    ),
  ).toHaveLength(3)
  const lines = await linesOf('class P {}; console.log(new P())')
  expect(lines).toEqual([['log', '[object Object]']])
  expect(
    await linesOf('console.log(new Proxy({}, { ownKeys() { throw 1 } })); console.log("after")'),
  ).toContainEqual(['log', 'after'])
})

test('a grant that is printed is the object of the host', async () => {
  expect(await linesOf('console.log(orders[0].id, orders)')).toEqual([['log', 1, [{ id: 1 }]]])
})

test('by default nothing is said', async () => {
  const spies = (['log', 'error', 'warn', 'info', 'debug'] as const).map((level) =>
    vi.spyOn(console, level),
  )
  try {
    await using sandbox = await spawnIsolate({ timeout: 1000 })
    await sandbox.eval('console.log("quiet"); console.error("quiet"); console.debug({})')
    await sandbox.eval('0')
    for (const spy of spies) expect(spy).not.toHaveBeenCalled()
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
})

test('a console function of the host that throws harms no one', async () => {
  await using sandbox = await spawnIsolate({
    timeout: 1000,
    console: () => {
      throw new Error('the log is full')
    },
  })
  expect(await sandbox.eval('console.log(1); 5')).toBe(5)
  expect(sandbox.evalSync('console.log(1); 6')).toBe(6)
})

test('a write that was refused, which no one awaits, is told there', async () => {
  const [line] = await linesOf('remote(orders).length = 0')
  expect(line?.[0]).toBe('error')
  expect(line?.[1]).toMatchObject({ name: 'UnprotectedError', code: 'FARHOLD_UNPROTECTED' })
})
