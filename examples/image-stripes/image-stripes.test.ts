import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runProgram } from '../run-program.ts'
import { paint } from './filter.ts'
import { readPng, writePng } from './png.ts'
import { type Image, paintInStripes } from './stripes.ts'

const program = new URL('./main.ts', import.meta.url)
const pictureOf = (name: string): string =>
  fileURLToPath(new URL(`../../docs/guide/images/${name}`, import.meta.url))

/** By one thread, and no view. */
function paintHere(image: Image, radius: number): Image {
  const pixels = new Uint8ClampedArray(image.pixels.length)
  paint(image.pixels, pixels, image, [0, image.height], radius)
  return { ...image, pixels }
}

/** 0 when they are the same. A list of so many numbers is too long for a message. */
const compare = (one: Uint8ClampedArray, other: Uint8ClampedArray): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other))

async function fileIn(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'image-stripes-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, name)
}

describe('painting in stripes', () => {
  it('gives what one thread gives, whatever the stripes are', async () => {
    const cat = await readPng(pictureOf('cat.png'))
    const expected = paintHere(cat, 2)
    for (const rows of [7, 64, 1000]) {
      const painted = await paintInStripes(cat, { workers: 3, radius: 2, rows })
      expect(compare(painted.pixels, expected.pixels), `stripes of ${rows}`).toBe(0)
    }
    expect(compare(expected.pixels, cat.pixels)).not.toBe(0)
  })

  it('keeps how opaque a pixel is', async () => {
    const pixels = Uint8ClampedArray.from({ length: 8 * 8 * 4 }, (_, at) => (at * 37) % 256)
    const image = { pixels, width: 8, height: 8, channels: 4 }
    const painted = await paintInStripes(image, { workers: 2, radius: 1, rows: 3 })
    for (let at = 3; at < pixels.length; at += 4) expect(painted.pixels[at]).toBe(pixels[at])
  })
})

describe('the program', () => {
  it('paints the picture that the documentation shows, and ends by itself', async () => {
    const output = await fileIn('painted.png')
    const { stdout, stderr, code } = await runProgram(
      program,
      '--workers',
      '2',
      pictureOf('cat.png'),
      output,
    )

    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toMatch(/^Painted 270 x 180 pixels with 2 workers in \d+ ms\.\n$/)
    const painted = await readPng(output)
    const shown = await readPng(pictureOf('cat-painted.png'))
    expect(compare(painted.pixels, shown.pixels)).toBe(0)
    expect(compare(painted.pixels, paintHere(await readPng(pictureOf('cat.png')), 4).pixels)).toBe(
      0,
    )
  })

  it('reads what it has written', async () => {
    const file = await fileIn('small.png')
    const image = {
      pixels: new Uint8ClampedArray([1, 2, 3, 4, 5, 6]),
      width: 2,
      height: 1,
      channels: 3,
    }
    await writePng(file, image)
    expect(await readPng(file)).toEqual(image)
  })

  it.each([
    [['--workers', 'many'], "'many'"],
    [['--radius', '0'], "'0'"],
    [['no-such-file.png'], 'no-such-file.png'],
    [[fileURLToPath(program)], 'wrong PNG signature'],
    [['--frobnicate'], '--frobnicate'],
  ])('says what is wrong with %j', async (args, named) => {
    const { stdout, stderr, code } = await runProgram(program, ...args)

    expect({ stdout, code }).toEqual({ stdout: '', code: 2 })
    expect(stderr).toContain(named)
    expect(stderr).not.toContain('    at ')
  })
})
