/**
 * The built packages, as a user gets them: run without the `source` condition, after a build (`npm run check:packages`).
 */
import assert from 'node:assert/strict'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'

for (const name of [
  '@farhold/core',
  '@farhold/core/adapter',
  '@farhold/transport-worker',
  '@farhold/transport-isolate',
]) {
  assert.match(import.meta.resolve(name), /\/dist\/\w+\.js$/, `${name} is not the build`)
}

await using worker = await spawnWorker<{ add(a: number, b: number): number }>(
  'data:text/javascript,export const add = (a, b) => a + b',
)
assert.equal(await worker.remote.add(1, 2), 3)

const heard: unknown[] = []
await using sandbox = await spawnIsolate<{ twice(x: number): number }>({
  source: `import { currentContext } from '@farhold/core'
    tell(currentContext().kind)
    export const twice = (x) => x * 2`,
  timeout: 1000,
  globals: {
    tell: (text: unknown) => heard.push(text),
    ask: (a: number) => worker.remote.add(a, 40),
  },
})
assert.equal(sandbox.sync.twice(21), 42)
assert.deepEqual(heard, ['isolate'])
assert.equal(await sandbox.eval('(async () => await ask(2))()'), 42)
await assert.rejects(Promise.resolve(sandbox.eval('for (;;);')), { code: 'FARHOLD_CALL_TIMEOUT' })

await using contained = await spawnIsolate<{ twice(x: number): number }>({
  contain: 'process',
  source: 'export const twice = (x) => double(x)',
  globals: { double: (x: number) => x * 2 },
})
assert.equal(contained.sync.twice(21), 42)
assert.equal(await contained.remote.twice(4), 8)
