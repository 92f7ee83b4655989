/**
 * A guest may replace the built-ins that the runtime inside its isolate works with. It breaks its own connection by
 * that, and nothing else: what it makes the runtime throw or send is never copied out natively, so the host goes on.
 *
 * In a child process with a limit, because a host that is hung cannot say so.
 */
import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const HOSTILE = 'throw { get message() { for (;;); }, get stack() { for (;;); } }'

const REPLACED = {
  'push throws': `Array.prototype.push = function () { ${HOSTILE} }; 1`,
  'iteration throws': `Array.prototype[Symbol.iterator] = function () { ${HOSTILE} }; 1`,
  'stringify gives an object': 'JSON.stringify = () => ({ get x() { for (;;); } }); 1',
  'stringify throws': `JSON.stringify = () => { ${HOSTILE} }; 1`,
  'get throws': `Map.prototype.get = () => { ${HOSTILE} }; 1`,
  'map gives what is no list':
    'Array.prototype.map = () => ({ join: () => ({ toString() { for (;;); } }) }); 1',
  'join gives an array of halves': 'Array.prototype.join = () => new Float16Array(8); 1',
  'join gives a mark': 'Array.prototype.join = () => "?"; 1',
  'join gives a list': 'Array.prototype.join = () => "[]"; 1',
  'an index has an accessor': `Object.defineProperty(Array.prototype, 2, { set() { ${HOSTILE} }, get() { for (;;); } }); 1`,
  'then throws': `Promise.prototype.then = () => { ${HOSTILE} }; 1`,
}

const PROGRAM = `
  import { spawnIsolate } from '@farhold/transport-isolate'
  const outcomes = {}
  for (const [name, code] of Object.entries(${JSON.stringify(REPLACED)})) {
    for (const how of ['eval', 'evalSync']) {
      await using sandbox = await spawnIsolate({ timeout: 200, wallTimeout: 5000, onError() {} })
      const said = []
      for (const script of [code, '2 + 2']) {
        try {
          said.push(await sandbox[how](script))
        } catch (error) {
          said.push(error.code)
        }
      }
      outcomes[name + ', ' + how] = said
    }
  }
  console.log(JSON.stringify(outcomes))`

test('a guest that breaks its own runtime hangs no host', async () => {
  const ended = await runProgram(PROGRAM, { limit: 14_000 })
  expect(ended).toMatchObject({ code: 0, signal: null })
  const outcomes = JSON.parse(ended.output.split('\n')[0] ?? '') as Record<string, unknown[]>
  expect(Object.keys(outcomes)).toHaveLength(2 * Object.keys(REPLACED).length)
  for (const [name, said] of Object.entries(outcomes)) {
    // Each call was answered, or told that it never will be.
    for (const outcome of said) {
      expect([1, 4, 'FARHOLD_CONTEXT_CLOSED', 'FARHOLD_CALL_TIMEOUT'], name).toContain(outcome)
    }
  }
})
