/** Threads that block on each other at the same moment: each serves the other while it waits, so all of them go on. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../child-process.ts'
import { createFlag } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

describe('at the same moment', () => {
  test('two workers', async () => {
    for (let round = 0; round < 200; round++) {
      const flag = createFlag()
      expect(
        await Promise.all([
          threads.peer('a').blockTogether(flag, 2, 'b', 'add', round, 1),
          threads.peer('b').blockTogether(flag, 2, 'a', 'add', round, 2),
        ]),
      ).toEqual([round + 1, round + 2])
    }
  })

  test('main and a worker', async () => {
    for (let round = 0; round < 200; round++) {
      const flag = createFlag()
      const there = threads.peer('a').blockTogether(flag, 2, 'main', 'add', round, 1)
      await turn()
      expect(threads.main.blockTogether(flag, 2, 'a', 'add', round, 2)).toBe(round + 2)
      expect(await there).toBe(round + 1)
    }
  })

  test('three workers in a ring', async () => {
    for (let round = 0; round < 100; round++) {
      const flag = createFlag()
      expect(
        await Promise.all([
          threads.peer('a').blockTogether(flag, 3, 'b', 'add', round, 1),
          threads.peer('b').blockTogether(flag, 3, 'c', 'add', round, 2),
          threads.peer('c').blockTogether(flag, 3, 'a', 'add', round, 3),
        ]),
      ).toEqual([round + 1, round + 2, round + 3])
    }
  })

  test('three workers, each around the ring and back to itself', async () => {
    for (let round = 0; round < 50; round++) {
      const flag = createFlag()
      expect(
        await Promise.all([
          threads.peer('a').callAround(flag, ['a', 'b', 'c'], 1),
          threads.peer('b').callAround(flag, ['a', 'b', 'c'], 1),
          threads.peer('c').callAround(flag, ['a', 'b', 'c'], 1),
        ]),
      ).toEqual([1, 1, 1])
    }
  })
})

/** Under load a hang would be main's too, so these run in a process of their own. */
const THREADS = JSON.stringify(new URL('./threads.ts', import.meta.url).href)
const FLAG = JSON.stringify(new URL('./fixtures/shared-flag.ts', import.meta.url).href)

const load = async (names: readonly string[], program: string): Promise<unknown> => {
  const { output, errors, code, signal } = await runProgram(
    `import { Threads } from ${THREADS}
    import { createFlag } from ${FLAG}
    const threads = await Threads.start(${JSON.stringify(names)})
    const { main } = threads
    const [a, b, c] = ${JSON.stringify(names)}.map((name) => threads.peer(name))
    const sent = () => new Promise((resolve) => setImmediate(resolve))
    const flag = createFlag()
    console.log(JSON.stringify(await (async () => { ${program} })()))
    console.log(JSON.stringify(await threads.leftovers()))
    await threads.close()`,
    { limit: 14_000 },
  )
  expect({ errors, code, signal }).toEqual({ errors: '', code: 0, signal: null })
  const [answer, leftovers] = output.split('\n').map((line) => JSON.parse(line) as unknown)
  expect(leftovers).toEqual([])
  return answer
}

describe('a thousand times, as fast as they can', () => {
  test('two workers', async () => {
    expect(
      await load(
        ['a', 'b'],
        `return await Promise.all([
          a.callTimes(flag, 2, 'b', 1000),
          b.callTimes(flag, 2, 'a', 1000),
        ])`,
      ),
    ).toEqual([1000, 1000])
  })

  test('main and a worker', async () => {
    expect(
      await load(
        ['a'],
        `const there = a.callTimes(flag, 2, 'main', 1000)
        await sent()
        const here = main.callTimes(flag, 2, 'a', 1000)
        return [here, await there]`,
      ),
    ).toEqual([1000, 1000])
  })

  test('main and three workers, each of which calls two others', async () => {
    expect(
      await load(
        ['a', 'b', 'c'],
        `const there = [
          a.callTimes(flag, 4, 'main', 1000), b.callTimes(flag, 4, 'a', 1000), c.callTimes(flag, 4, 'b', 1000),
        ]
        await sent()
        const here = main.callTimes(flag, 4, 'c', 1000)
        return [here, ...await Promise.all(there)]`,
      ),
    ).toEqual([1000, 1000, 1000, 1000])
  })

  test('three workers in a ring', async () => {
    expect(
      await load(
        ['a', 'b', 'c'],
        `return await Promise.all([
          a.callTimes(flag, 3, 'b', 1000),
          b.callTimes(flag, 3, 'c', 1000),
          c.callTimes(flag, 3, 'a', 1000),
        ])`,
      ),
    ).toEqual([1000, 1000, 1000])
  })

  test('four threads, main among them, each around the ring and back to itself', async () => {
    expect(
      await load(
        ['a', 'b', 'c'],
        `const ring = ['main', 'a', 'b', 'c']
        const there = [a, b, c].map((peer) => peer.callAround(flag, ring, 250))
        await sent()
        const here = main.callAround(flag, ring, 250)
        return [here, ...await Promise.all(there)]`,
      ),
    ).toEqual([250, 250, 250, 250])
  })

  test('two workers, while each awaits the other too', async () => {
    expect(
      await load(
        ['a', 'b'],
        `const awaited = Promise.all(Array.from({ length: 500 }, (_, n) =>
          Promise.all([a.wait('b', 'later', n), b.wait('a', 'later', n)])))
        const right = await Promise.all([
          a.callTimes(flag, 2, 'b', 1000),
          b.callTimes(flag, 2, 'a', 1000),
        ])
        const answers = await awaited
        return [...right, answers.every(([one, other], n) => one === n && other === n)]`,
      ),
    ).toEqual([1000, 1000, true])
  })
})
