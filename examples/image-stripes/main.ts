/** Paints a picture by several threads that work on one memory. */
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readPng, writePng } from './png.ts'
import { paintInStripes } from './stripes.ts'

const USAGE = `Usage: node --conditions=source examples/image-stripes/main.ts [options] [input.png output.png]

Paints a picture, in stripes (default: the cat of the documentation).

Options:
  --workers <n>  how many threads (default: one for each core, at most 8)
  --radius <n>   how broad the brush is, in pixels (default: 4)
  --help         show this text
`

const IMAGES = new URL('../../docs/guide/images/', import.meta.url)

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      workers: { type: 'string', default: String(Math.min(8, availableParallelism())) },
      radius: { type: 'string', default: '4' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const [
    input = fileURLToPath(new URL('cat.png', IMAGES)),
    output = fileURLToPath(new URL('cat-painted.png', IMAGES)),
  ] = positionals
  if (values.help) process.stdout.write(USAGE)
  else {
    const workers = naturalOf('--workers', values.workers)
    await paintFile(input, output, { workers, radius: naturalOf('--radius', values.radius) })
  }
} catch (error) {
  process.stderr.write(`image-stripes: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}

async function paintFile(
  input: string,
  output: string,
  options: { readonly workers: number; readonly radius: number },
): Promise<void> {
  const image = await readPng(input)
  const began = performance.now()
  const painted = await paintInStripes(image, options)
  const took = Math.round(performance.now() - began)
  await writePng(output, painted)
  console.log(
    `Painted ${image.width} x ${image.height} pixels with ${options.workers} workers in ${took} ms.`,
  )
}

/** @throws {TypeError} when it is no natural number above 0. */
function naturalOf(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new TypeError(`${name} takes a number, not '${text}'`)
  return Number(text)
}
