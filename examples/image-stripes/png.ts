/** PNG files as images, and back, by fast-png. */
import { readFile, writeFile } from 'node:fs/promises'
import { decode, encode } from 'fast-png'
import type { Image } from './stripes.ts'

/** @throws {Error} when it is no PNG of 8 bits and three or four channels. */
export async function readPng(file: string): Promise<Image> {
  const { data, width, height, channels, depth } = decode(await readFile(file))
  if (depth !== 8 || (channels !== 3 && channels !== 4))
    throw new Error(
      `${file} has ${channels} channels of ${depth} bits; RGB or RGBA of 8 bits is painted`,
    )
  return { pixels: new Uint8ClampedArray(data), width, height, channels }
}

export async function writePng(
  file: string,
  { pixels, width, height, channels }: Image,
): Promise<void> {
  const image = { data: pixels, width, height, channels, depth: 8 } as const
  await writeFile(file, encode(image, { zlib: { level: 9 } }))
}
