/**
 * A library from npm in an isolate: the template engine Eta, whose templates are JavaScript. Nothing of it runs here,
 * and nothing of what its templates do.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { Context, Sync } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import type { Eta } from 'eta/core'

/** How long a template may run at a stretch, in milliseconds. */
const TIMEOUT = 250

const FOLDER = new URL('./templates/', import.meta.url)
const FILES = readdirSync(FOLDER)

export type EtaContext = Context<typeof import('eta/core')>

/** The library as it was published: one file, which is the module of the isolate. */
export function spawnEta(): Promise<EtaContext> {
  return spawnIsolate<typeof import('eta/core')>({
    name: 'eta',
    module: new URL(import.meta.resolve('eta/core')),
    memoryLimit: 32,
    timeout: TIMEOUT,
  })
}

/**
 * An engine: an instance of the library's class, constructed there and held here. It asks this thread for the
 * templates that it includes, and for highlighting what is in `<%# code %>`.
 */
export function createEngine({ sync }: EtaContext): Sync<Eta> {
  const eta = new sync.Eta({ cache: true, customTags: { '#': highlight } })
  // What the library asks when it looks for a file: each is a function of this thread that the isolate calls.
  eta.resolvePath = (name: string) => {
    const file = `${name}.eta`
    if (!FILES.includes(file)) throw new RangeError(`there is no template "${name}"`)
    return file
  }
  eta.readFile = (file: string) => {
    if (!FILES.includes(file)) throw new RangeError(`there is no file "${file}"`)
    return readFileSync(new URL(file, FOLDER), 'utf8')
  }
  return eta
}

const KEYWORDS = /\b(?:const|for|function|if|return)\b/g

function highlight(code: string): string {
  return code.trim().replaceAll(KEYWORDS, (keyword) => `<b>${keyword}</b>`)
}
