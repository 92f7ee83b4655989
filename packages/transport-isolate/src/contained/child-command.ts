/**
 * How the child process is started: from the sources or from the build, as this very file was, and with no more permission than it takes
 * to load isolated-vm. That is a second wall: who gets out of the isolate finds no files but those of packages, and starts no process and no
 * thread. Where there is a shell, it sets a bound for the memory of the whole process and leaves no core dumps.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ChildCommand } from './relay-messages.ts'

/** @param memoryLimit megabytes of the guest's heap */
export function childCommand(memoryLimit: number): ChildCommand {
  const main = fileURLToPath(import.meta.resolve('#contained-child'))
  const isSource = main.endsWith('.ts')
  const command = [
    process.execPath,
    ...(isSource ? ['--conditions=source'] : []),
    '--permission',
    '--allow-addons',
    ...[...readable(main)].map((path) => `--allow-fs-read=${path}`),
    // An addon could break out of the permissions; this one is what we have them for.
    '--disable-warning=SecurityWarning',
    main,
  ]
  const [file = process.execPath, ...args] = existsSync(SHELL)
    ? [SHELL, '-c', BOUNDED, `${kilobytes(memoryLimit)}`, ...command]
    : command
  return { file, args }
}

const SHELL = '/bin/sh'

/** Where the system has no such bound it is said on the standard error, and the process starts without. */
const BOUNDED = 'ulimit -c 0; ulimit -d "$0"; exec "$@"'

/**
 * The bound for a process's private memory: what Node reserves for itself and for the stacks of its threads, and several times the guest's
 * heap, because a heap may be past its limit for a moment.
 */
function kilobytes(memoryLimit: number): number {
  return 1024 * (1536 + 16 * availableParallelism() + 4 * memoryLimit)
}

/** Where its modules are. */
function readable(main: string): Set<string> {
  const modules = [
    main,
    fileURLToPath(import.meta.resolve('@farhold/core')),
    createRequire(main).resolve('isolated-vm'),
  ]
  // What finds isolated-vm's binary looks there which C library this is.
  return new Set(['/etc/alpine-release', ...modules.flatMap(placesOf)])
}

/** A module's own package, from a file one directory down, and where its dependencies may be. */
function placesOf(file: string): string[] {
  const packages = createRequire(file).resolve.paths('any') ?? []
  const existing = packages.filter((path) => basename(path) === 'node_modules' && existsSync(path))
  const own = file.includes(`${sep}node_modules${sep}`) ? [] : [dirname(dirname(file))]
  return [...own, ...existing].map((path) => join(path, sep))
}
