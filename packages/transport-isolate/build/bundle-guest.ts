/**
 * Makes the guest runtime: `src/guest/main.ts` with everything it imports, as one script that a bare
 * isolate can run. Sources (`guest-bundle.source.ts`) and the published build (`tsup.config.ts`) both
 * come here, so that the tests run the script that is shipped.
 *
 * Nothing of the host may be found in the script: paths in it are relative to the package.
 */
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const PACKAGE = fileURLToPath(new URL('..', import.meta.url))

/** The guest runtime as the text of one classic script, an IIFE. */
export function bundleGuest({ minify }: { readonly minify: boolean }): string {
  const { outputFiles } = buildSync({
    absWorkingDir: PACKAGE,
    entryPoints: ['src/guest/main.ts'],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    target: 'es2024',
    conditions: ['source'],
    // superjson asks `value instanceof URL`, and a bare isolate has no URL. The stand-in is a binding of
    // the bundle, never a global: the guest must not see it.
    inject: [fileURLToPath(new URL('./url-stand-in.ts', import.meta.url))],
    minify,
    legalComments: 'none',
    logLevel: 'silent',
    tsconfigRaw: {},
  })
  const [script] = outputFiles
  if (script === undefined) throw new Error('esbuild made no guest bundle')
  return script.text
}
