/** Reads one entry of a configuration, and knows how many different ones it was given. */
export interface Configuration {
  readonly entries: readonly { readonly name: string; readonly weight: number }[]
}

const seen = new Set<object>()

export function read(config: Configuration, index: number): number {
  return config.entries[index]?.weight ?? Number.NaN
}

export function readKnown(config: Configuration, index: number): number {
  seen.add(config)
  return read(config, index)
}

export const seenSoFar = (): number => seen.size

export const add = (a: number, b: number): number => a + b
