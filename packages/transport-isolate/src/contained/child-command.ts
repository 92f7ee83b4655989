/**
 * How the child process is started: from the sources or from the build, as this very file was, and with no more permission than it takes
 * to load isolated-vm. That is a second wall: who gets out of the isolate finds no files but those of packages, starts no process and no thread.
 */
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildCommand } from './relay-messages.ts'

export function childCommand(): ChildCommand {
  const main = fileURLToPath(import.meta.resolve('#contained-child'))
  const isSource = main.endsWith('.ts')
  return {
    file: process.execPath,
    args: [
      ...(isSource ? ['--conditions=source'] : []),
      '--permission',
      '--allow-addons',
      ...readable(main).map((path) => `--allow-fs-read=${path}`),
      // An addon could break out of the permissions; this one is what we have them for.
      '--disable-warning=SecurityWarning',
      main,
    ],
  }
}

/** Where its modules are. */
function readable(main: string): string[] {
  const require = createRequire(main)
  const packages = [
    main,
    fileURLToPath(import.meta.resolve('@farhold/core')),
    require.resolve('isolated-vm'),
  ]
  // What finds isolated-vm's binary looks there which C library this is.
  return ['/etc/alpine-release', ...new Set(packages.map(home))]
}

/** The directory of `node_modules` that a file is in, or else of its package. */
function home(file: string): string {
  const parts = file.split(sep)
  const modules = parts.indexOf('node_modules')
  if (modules !== -1) return join(sep, ...parts.slice(0, modules + 1), sep)
  return join(dirname(dirname(file)), sep)
}
