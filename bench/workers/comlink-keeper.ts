import { parentPort } from 'node:worker_threads'
import { expose, finalizer, proxy } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

if (parentPort === null) throw new Error('this file is the program of a worker')

let given = 0
let none: (() => void) | undefined

function give(): object {
  given++
  return proxy({
    [finalizer]: () => {
      given--
      if (given === 0) none?.()
    },
  })
}

/** Resolves when all that was given is back. */
function whenNone(): Promise<void> {
  return new Promise((resolve) => {
    if (given === 0) resolve()
    else none = resolve
  })
}

expose({ give, whenNone }, nodeEndpoint(parentPort))
