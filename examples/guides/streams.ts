/** The samples of docs/guide/streams.md, as one program. */
import { transfer } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

await using worker = await spawnWorker<typeof import('./archive.ts')>(
  import.meta.resolve('./archive.ts'),
)
const archive = worker.remote

let size = 0
for await (const chunk of await archive.scan()) size += chunk.byteLength
console.log(size) // 3000000

const poem = ReadableStream.from(['so much\n', 'depends\n', 'upon\n'])
console.log(await archive.lines(poem)) // 3

const intake = await archive.intake()
const writer = intake.getWriter()
for (const title of ['Emma', 'Walden']) await writer.write(title)
await writer.close() // when the worker's sink has taken all of them
console.log(await archive.contents()) // [ 'Emma', 'Walden' ]

const full = (await archive.intake(3)).getWriter()
try {
  for (;;) await full.write('Dracula')
} catch (error) {
  console.log((error as Error).message) // the disk is full
}

const pixels = new Uint8Array(1_000_000)
const images = (await archive.intake()).getWriter()
await images.write(transfer(pixels, [pixels.buffer]))
await images.close()
console.log(pixels.byteLength) // 0

const text = new Blob(['so it goes. '.repeat(100_000)])
let packed = 0
for await (const part of text.stream().pipeThrough(await archive.packing()))
  packed += part.byteLength
console.log(packed < 10_000) // true
