/**
 * Guests that the engine cannot stop. The host is told that the context is gone and goes on; the thread stays, and
 * keeps the process until it leaves by `process.exit`.
 */
import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const programOf = (script: string): string => `
  import { spawnIsolate } from '@farhold/transport-isolate'
  const sandbox = await spawnIsolate({ memoryLimit: 32, timeout: 500 })
  const error = await sandbox.eval(${JSON.stringify(script)}).catch((caught) => caught)
  await sandbox.close()
  await using other = await spawnIsolate()
  console.log(error.code, await other.eval('1 + 1'))
  process.exit(0)`

test.each([
  ['a list of lists', 'const kept = []; for (;;) kept.push(new Array(1000).fill(1))'],
  ['a Map', 'const kept = new Map(); for (let i = 0; ; i++) kept.set(i, {})'],
])('%s that grows for ever ends its context, not its host', async (_name, script) => {
  const ended = await runProgram(programOf(script))
  expect(ended.output).toContain('FARHOLD_CONTEXT_CLOSED 2')
  // By the signal that the process gave itself, or in peace if the thread ended after all.
  expect([null, 0]).toContain(ended.code)
})
