/** Objects of other libraries, as their own types describe them. */
import type { EventEmitter } from 'node:events'
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite'
import type { Proxied, Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

type Row = Record<string, SQLOutputValue>

declare const db: Remote<DatabaseSync>
declare const blocking: Sync<DatabaseSync>

test('a database of node:sqlite', async () => {
  const rows = await db.prepare('select * from city where pop > ?').all(1e6)
  expectTypeOf(rows).toEqualTypeOf<Row[]>()
  expectTypeOf(await db.prepare('select 1').all({ id: 1 }, 'x')).toEqualTypeOf<Row[]>()
  expectTypeOf(await db.prepare('select 1').get(1)).toEqualTypeOf<Row | undefined>()
  expectTypeOf(await db.isOpen).toEqualTypeOf<boolean>()
  for await (const row of db.prepare('select 1').iterate()) expectTypeOf(row).toEqualTypeOf<Row>()
  await db.exec('begin')
  // @ts-expect-error: no SQL value
  db.prepare('select 1').all(true)
})

test('its statements, held', async () => {
  const store = {} as Remote<{ prepare(sql: string): Proxied<StatementSync> }>
  using statement = await store.prepare('select 1')
  expectTypeOf(statement).toEqualTypeOf<Remote<StatementSync>>()
  expectTypeOf(await statement.run(1).changes).toEqualTypeOf<number | bigint>()
})

test('the same, blocking', () => {
  expectTypeOf(blocking.prepare('select 1').all(1)).toEqualTypeOf<Row[]>()
  expectTypeOf(blocking.isOpen).toEqualTypeOf<boolean>()
})

test('an event emitter', async () => {
  const emitter = {} as Remote<EventEmitter>
  await emitter.on('data', (chunk) => chunk)
  expectTypeOf(await emitter.emit('data', 1)).toEqualTypeOf<boolean>()
})
