/**
 * What a call costs, beside what the platform itself costs.
 *
 * Only ratios within one run mean anything: the contestants of a row take turns, round by round, so that
 * whatever else the machine does at the moment, it does to all of them.
 */
import { parseArgs } from 'node:util'
import { accessChecks } from './access.ts'
import { channelNumbers, channelObjects } from './channel.ts'
import { DEATHS, type MeasuredDeaths, measureDeaths } from './deaths.ts'
import { immutableOrCopied, immutableOrNumber } from './immutable.ts'
import { type Contest, type Measured, measure } from './interleave.ts'
import { isolateAsync, isolateCallback, isolateSync } from './isolate.ts'
import { lockContended, lockUncontended } from './lock.ts'
import { describeMachine } from './machine.ts'
import { MEMORY, type MeasuredMemory, measureMemory } from './memory.ts'
import { isolateCollection, isolateRelease, workerCollection, workerRelease } from './release.ts'
import { show, showDeaths, showMemory } from './show.ts'
import { streams } from './stream.ts'
import { workerSyncCold, workerSyncHot } from './sync.ts'
import { workerSyncHome } from './sync-home.ts'
import { viewBytes, viewLease } from './view.ts'
import { workerMany, workerOne } from './worker.ts'

const USAGE = `Usage: npm run bench -- [options]

Options:
  --quick          fewer rounds: an impression in a few seconds
  --only <text>    only rows whose title contains the text
  --json           print the results as JSON
  --help           show this text
`

const { values: options } = readOptions()
if (options.help) process.stdout.write(USAGE)
else if (process.exitCode === undefined) await main()

async function main(): Promise<void> {
  const rounds = options.quick ? 9 : 41
  const machine = describeMachine()
  const contests: Contest[] = [
    workerOne,
    workerMany,
    workerSyncHot,
    workerSyncCold,
    workerSyncHome,
    isolateSync,
    isolateAsync,
    isolateCallback,
    lockUncontended,
    lockContended,
    channelObjects,
    channelNumbers,
    viewBytes,
    viewLease,
    accessChecks,
    immutableOrCopied,
    immutableOrNumber,
    ...streams,
    workerRelease,
    workerCollection,
    isolateRelease,
    isolateCollection,
  ]
  const results: (Measured | MeasuredMemory | MeasuredDeaths)[] = []
  if (!options.json) console.log(`${Object.values(machine).join(', ')}\n`)
  for (const contest of contests) {
    if (!isWanted(contest.title)) continue
    const measured = await measure(contest, rounds)
    results.push(measured)
    if (!options.json) show(measured)
  }
  if (isWanted(MEMORY)) {
    const measured = await measureMemory()
    results.push(measured)
    if (!options.json) showMemory(measured)
  }
  if (isWanted(DEATHS)) {
    const measured = await measureDeaths(options.quick ? 5 : 21)
    results.push(measured)
    if (!options.json) showDeaths(measured)
  }
  if (options.json) console.log(JSON.stringify({ machine, rounds, results }, undefined, 2))
}

function isWanted(title: string): boolean {
  return options.only === undefined || title.includes(options.only)
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    process.stderr.write(`bench: ${error.message}\nTry --help.\n`)
    process.exitCode = 2
    return { values: { quick: false, only: undefined, json: false, help: false } }
  }
}
