/** The samples of docs/guide/shared-memory.md, as one program. */
import { copy, view } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'

const module = import.meta.resolve('./mixer.ts')
await using left = await spawnWorker<typeof import('./mixer.ts')>(module)
await using right = await spawnWorker<typeof import('./mixer.ts')>(module)

const samples = view(new Float32Array([1, 2, 3, 4]))
await Promise.all([
  left.remote.amplify(samples, [0, 2], 10), // at the same time
  right.remote.amplify(samples, [2, 4], 100),
])
console.log(await left.remote.loudest(samples)) // 400

{
  using lease = await samples.lease({ mode: 'exclusive', range: [1, 3] })
  console.log(lease.array.length) // 2
  lease.array[0] = 0.5
}

const first = await samples.lease({ range: [0, 2] })
const second = samples.lease({ range: [1, 3], timeout: 20 }).catch((error) => error.name)
console.log(await second) // LockTimeoutError
first[Symbol.dispose]()

const playing = new Int32Array(new SharedArrayBuffer(4))
const played = left.remote.playUntilStopped(samples, playing).then((isOver) => isOver)
await Atomics.waitAsync(playing, 0, 0).value
console.log(samples.revoke()) // 1
console.log(await played) // true

await right.remote.keep(samples)
const closing = right.close({ drain: true }) // waits for that lease
await right.remote.giveBack()
await closing

await copy(left.remote.recorded, samples) // its owner's array: four numbers cross, as one buffer
await copy(samples, await left.remote.ownSamples).catch((error) => console.log(error.name)) // RangeError
const whole = new Float32Array(4)
await copy(samples, whole)
console.log(whole.join()) // 1,2,3,4

await using guest = await spawnIsolate({ globals: { samples } })
const peak = await guest.eval(`(async () => {
  using lease = await samples.lease({ range: [2, 4] }) // a copy of two numbers
  lease.array[0] = 7
  return Math.max(...lease.array)
})()`)
console.log(peak) // 7
await copy(samples, whole)
console.log(whole.join()) // 1,2,7,4
