import {
  connect,
  expose,
  loopback,
  proxy,
  type Remote,
  release,
  type SessionOptions,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'

class Row {
  readonly number: number

  constructor(number: number) {
    this.number = number
  }
}

const table = {
  kept: [] as unknown[],
  row: (number: number) => proxy(new Row(number)),
  rows: (count: number) => Array.from({ length: count }, (_, number) => proxy(new Row(number))),
  keep(...values: unknown[]) {
    this.kept.push(...values)
  },
  drop() {
    for (const value of this.kept.splice(0)) release(value as never)
  },
}

function pair(options: SessionOptions) {
  const [here, there] = loopback()
  const owner = expose(table, there, { name: 'db', ...options })
  return { owner, session: connect<typeof table>(here, options) }
}

describe('leaks()', () => {
  test('lists what each side holds, most first, by class and by the line that gave it', async () => {
    const { owner, session } = pair({ trace: true })
    const held = await session.remote.rows(3)
    const callback = (): void => undefined
    await session.remote.keep(callback, callback)
    expect(session.leaks()).toEqual([
      { side: 'theirs', class: 'Row', count: 3, site: 'in the answer of "rows"' },
      {
        side: 'ours',
        class: 'function callback',
        count: 1,
        site: expect.stringContaining('leaks.test.ts') as string,
      },
    ])
    expect(owner.leaks()).toEqual([
      { side: 'ours', class: 'Row', count: 3, site: 'in a call of "rows"' },
      { side: 'theirs', class: 'function callback', count: 1, site: 'in a call of "keep"' },
    ])
    for (const row of held) release(row as never)
    await session.remote.drop()
    await session.remote.row(0).number
    expect(session.leaks()).toEqual([])
    await session.close()
    expect(owner.leaks()).toEqual([])
  })

  test('names no place when the session does not trace', async () => {
    const { session } = pair({})
    const row = await session.remote.row(1)
    expect(session.leaks()).toEqual([{ side: 'theirs', class: 'Row', count: 1, site: undefined }])
    release(row)
    await session.close()
  })

  test.each(['worker', 'isolate'] as const)('through a %s', async (kind) => {
    const source = `
      let kept
      export class Row {}
      export function keep(value) { kept = value }`
    type Module = { Row: new () => object; keep(value: unknown): void }
    await using context =
      kind === 'worker'
        ? await spawnWorker<Module>(`data:text/javascript,${encodeURIComponent(source)}`, {
            trace: true,
          })
        : await spawnIsolate<Module>({ source, trace: true })
    using row = (await new context.remote.Row()) as Remote<object> & Disposable
    await context.remote.keep(() => row)
    expect(context.leaks()).toEqual([
      {
        side: 'ours',
        class: 'a function',
        count: 1,
        site: expect.stringContaining('leaks.test.ts') as string,
      },
      { side: 'theirs', class: 'Row', count: 1, site: 'in the answer of "Row"' },
    ])
  })
})

describe('a warning', () => {
  test('comes once when a table only grows, and says what came last and by what', async () => {
    const warnings: string[] = []
    const { session } = pair({
      onWarning: (message) => warnings.push(message),
      limits: { exports: 200 },
    })
    const held = [...(await session.remote.rows(60))]
    expect(warnings).toEqual([])
    held.push(...(await session.remote.rows(60)))
    // The owner in the same heap has the same reason to warn.
    expect(warnings).toHaveLength(2)
    expect(warnings.find((each) => each.startsWith('context '))).toMatch(
      /context "main" holds 100 objects of this context and has given none back. The last it got was Row, in a call of "rows"/,
    )
    expect(warnings.find((each) => each.includes('are held here'))).toMatch(
      /100 objects of context "db" are held here and none was released. The last that came was Row, in the answer of "rows"/,
    )
    held.push(...(await session.remote.rows(60)))
    expect(warnings).toHaveLength(2)
    await session.close()
  })

  test('does not come where some are given back', async () => {
    const warnings: string[] = []
    const { session } = pair({
      onWarning: (message) => warnings.push(message),
      limits: { exports: 200 },
    })
    const first = await session.remote.row(1)
    const held: unknown[] = [...(await session.remote.rows(60))]
    release(first)
    held.push(...(await session.remote.rows(60)))
    expect(warnings).toEqual([])
    expect(held).toHaveLength(120)
    await session.close()
  })

  test('is no business of a program in production', async () => {
    const warned: unknown[] = []
    const console = { error: () => undefined, warn: (message: unknown) => warned.push(message) }
    for (const development of [false, true]) {
      const platform = { console, development }
      const { session } = pair({ limits: { exports: 200 }, platform })
      await session.remote.rows(150)
      await session.close()
    }
    expect(warned).toHaveLength(2)
    expect(warned[0]).toMatch(/^farhold: /)
  })
})
