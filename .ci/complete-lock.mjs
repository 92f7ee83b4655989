// Run by `npm run lock`, after npm has written package-lock.json.
//
// npm leaves an optional dependency out of the lockfile when the registry it was made with does not
// have it, as partial mirrors do not have native binaries for other platforms; `npm ci` then refuses
// the file everywhere. This adds the missing entries: exact version and platform, which is what npm
// needs to skip them here and to fetch them there. Only exact versions can be completed so.
import { readFileSync, writeFileSync } from 'node:fs'

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'win32',
]
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64']

const path = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(path, 'utf8'))
const known = new Set(Object.keys(lock.packages).map((key) => key.split('node_modules/').at(-1)))
const added = []

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (known.has(name)) continue
    const platform = platformOf(name)
    if (platform === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
      throw new Error(`cannot complete ${name}@${version}: no exact version or no platform in it`)
    }
    const key = `node_modules/${name}`
    lock.packages[key] = { version, ...(parent.dev && { dev: true }), optional: true, ...platform }
    added.push(key)
  }
}

const [root, ...rest] = Object.keys(lock.packages)
lock.packages = Object.fromEntries(
  [root, ...rest.sort((a, b) => a.localeCompare(b, 'en'))].map((key) => [key, lock.packages[key]]),
)
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`completed package-lock.json with ${added.length} entries for other platforms`)

/** Operating system, processor and C library that the name of a native package spells out. */
function platformOf(name) {
  const words = name.split(/[/-]/)
  const os = words.find((word) => OS.includes(word))
  const cpu = words.find((word) => CPU.includes(word))
  if (os === undefined || cpu === undefined) return undefined
  const musl = words.some((word) => word.startsWith('musl'))
  return { cpu: [cpu], ...(os === 'linux' && { libc: [musl ? 'musl' : 'glibc'] }), os: [os] }
}
