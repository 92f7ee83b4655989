/**
 * Three contexts and one database.
 *
 * A worker owns the database. An isolate runs scripts that nobody trusts. This thread brings them together,
 * and every object stays where it was made: what the others hold are proxies.
 */
import { readFile } from 'node:fs/promises'
import type { SQLInputValue } from 'node:sqlite'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { countries } from 'countries-list'
import { type Arguments, readArguments } from './arguments.ts'
import { showEndings, showProgress, showReport, showTimeline } from './display.ts'
import type { CountryReport, Ending, FailedEscape } from './guest/results.ts'
import { Timeline } from './timeline.ts'

const asked = readArguments()
if (asked !== undefined) await main(asked)

async function main({ limit, top }: Arguments): Promise<void> {
  const timeline = new Timeline()

  // A worker: database.ts is an ordinary module, and all that it exports can be used from here.
  const module = new URL('./database.ts', import.meta.url)
  await using worker = await timeline.add('main', 'start the worker', () =>
    spawnWorker<typeof import('./database.ts')>(module, { name: 'database' }),
  )
  const { db, importCities, query } = worker.remote

  // It calls back while it works: `update` stays here, and the worker holds a proxy of it.
  const { update, stop } = showProgress('cities')
  await timeline.add('database', 'import the cities', () => importCities(limit, update))
  stop()

  // `db` is Node's own DatabaseSync, and `insert` its StatementSync. Nothing waits here: the statement is used
  // before it has been prepared, and all of this leaves in one message.
  const insert = db.prepare('insert into country (code, name, continent) values (?, ?, ?)')
  for (const [code, country] of Object.entries(countries)) {
    insert.run(code, country.name, country.continent)
  }
  const large = await timeline.add('database', 'insert the countries', () =>
    db.prepare('select count(*) as cities from city where population >= ?').get(1e6),
  )
  console.log(`${large?.cities} cities have a million people or more.\n`)

  // An isolate, for scripts that nobody trusts: 64 MB, 250 ms at a time, and one function of ours.
  await using guest = await timeline.add('main', 'start the isolate', () =>
    spawnIsolate({
      name: 'guest',
      memoryLimit: 64,
      timeout: 250,
      wallTimeout: 5_000,
      globals: {
        query: (sql: string, ...values: SQLInputValue[]) =>
          timeline.add('database', 'answer the guest', () => query(sql, ...values)),
      },
    }),
  )

  async function run(file: string): Promise<unknown> {
    const code = await readFile(new URL(`./guest/${file}`, import.meta.url), 'utf8')
    return timeline.add('guest', `run ${file}`, () => guest.eval(code, { filename: file }))
  }

  // Whatever a script gives back is a copy, and as it was promised only if the script is honest.
  showReport((await run('report.js')) as CountryReport[], top)

  const endings: Ending[] = []
  for (const file of ['forever.js', 'escape.js']) {
    try {
      endings.push({ file, result: await run(file) })
    } catch (error) {
      endings.push({ file, error: error as FailedEscape | Error })
    }
  }
  showEndings(endings)
  if (endings.some((ending) => 'result' in ending)) process.exitCode = 1 // neither of them should get there
  console.log(`The isolate still answers: 6 * 7 = ${guest.evalSync('6 * 7')}\n`)

  showTimeline(timeline)
}
