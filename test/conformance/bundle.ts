/** A module of the suite as one ES module source for an isolate, where the runtime provides `@farhold/core`. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export async function bundle(module: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(module, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    target: 'esnext',
    external: ['@farhold/core'],
    // A class that names itself inside is renamed by the bundler; messages are tested for its name.
    keepNames: true,
    logLevel: 'silent',
    tsconfigRaw: {},
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error(`esbuild made nothing of ${module}`)
  return file.text
}
