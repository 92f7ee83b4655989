/** isolated-vm, but every isolate that is made can be asked for: `spawnIsolate` gives its own to no one. */
import ivm from 'isolated-vm'

const isolates: ivm.Isolate[] = []

/** The isolate that was made last. */
export function latestIsolate(): ivm.Isolate {
  const latest = isolates.at(-1)
  if (latest === undefined) throw new Error('no isolate was made')
  return latest
}

const Isolate = new Proxy(ivm.Isolate, {
  construct(target, args: [ivm.IsolateOptions?]) {
    const made = new target(...args)
    isolates.push(made)
    return made
  },
})

export default Object.create(ivm, { Isolate: { value: Isolate } }) as typeof ivm // all else is inherited
