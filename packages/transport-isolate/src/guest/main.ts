/**
 * The guest runtime: the first script of an isolate, before any line of guest code.
 *
 * It takes the host's callbacks out of the global scope into this closure, and calls them by name only, with
 * strings and buffers that it made itself; no guest code can replace a function between it and them. It is strict
 * code, so no stack frame gives its functions away.
 */
import * as core from '@farhold/core'
import { becomeContext, createAgent, openSession } from '@farhold/core/adapter'
import { Answer, Ask, Boot, type GuestSettings } from '../entry.ts'
import { installConsole } from './console.ts'
import { Finalizers } from './finalizers.ts'
import { GuestTransport } from './guest-transport.ts'
import { guardCallbacks } from './host-callbacks.ts'
import { Namespaces } from './namespaces.ts'
import { settleWithinEntries } from './timely-promises.ts'

const take = (name: string): unknown => {
  const value: unknown = Reflect.get(globalThis, name)
  Reflect.deleteProperty(globalThis, name)
  return value
}

const settings = JSON.parse(take(Boot.settings) as string) as GuestSettings // the host wrote it with this type

/** What is no batch. */
const BROKEN = 'the guest runtime is broken'

becomeContext({ id: settings.id, name: settings.name, kind: 'isolate' })

const evaluate = Reflect.get(globalThis, 'eval') as (code: string) => unknown // the language has it
const namespaces = new Namespaces()
const finalizers = new Finalizers()
// The session's tables find it there; guest code never does, see below.
Reflect.set(globalThis, 'FinalizationRegistry', finalizers.registry(FinalizationRegistry))
const transport = new GuestTransport(
  guardCallbacks(take(Boot.post), take(Boot.call), take(Boot.wait)),
  finalizers,
  settings.promisesStay,
)
const session = openSession(
  Object.freeze(Object.create(null) as object),
  transport,
  {
    name: settings.name,
    peerName: settings.hostName,
    sharedMemory: settings.sharedMemory,
    lock: settings.lock,
    // A failure that no caller waits for, as a write that was refused, is the guest's to read.
    onError: (error) => write('error', [error]),
  },
  {
    flavour: 'sync',
    promisesStay: settings.promisesStay,
    control: {
      ...createAgent({
        // Called by another name, so that the script runs in the global scope.
        evaluate: (code, filename) =>
          evaluate(filename === undefined ? code : `${code}\n//# sourceURL=${filename}`) as unknown,
        importModule: (specifier) =>
          Promise.reject(
            new Error(`the host imports modules; "${specifier}" was asked of the guest`),
          ),
      }),
      /** Resolves with the namespace of a module when it has been evaluated. */
      namespace: (key: string) => namespaces.get(key).then((namespace) => core.proxy(namespace)),
      /** Makes a module's namespace the context's root when it has been evaluated. */
      root: (key: string) => namespaces.get(key).then((namespace) => session.setRoot(namespace)),
      /** Gives up a namespace, or a root, whose module failed: whoever waits for it here is answered. */
      abandon: (key: string) => namespaces.abandon(key),
      /** Keeps values that the host's own modules will export. */
      stash: (key: string, values: object) => namespaces.stash(key, values),
    },
  },
)
transport.attach(session)

/**
 * Every entry of the host comes in here. Nothing but a string goes out: a value of the guest's own would be
 * copied natively, and the built-ins that the runtime works with are the guest's to replace.
 */
function dispatch(
  ask: number,
  answer: number,
  level: number,
  sequence: number,
  text: string,
  ...buffers: unknown[]
): string {
  let reply = BROKEN
  try {
    const made: unknown = answerTo(ask, level, sequence, text, buffers)
    if (typeof made === 'string') reply = made
  } catch {
    // The runtime itself failed. The host takes what is no batch for the end of the session, and tells every caller.
  }
  if (answer === Answer.byReturn) return reply
  throw reply
}

function answerTo(
  ask: number,
  level: number,
  sequence: number,
  text: string,
  buffers: readonly unknown[],
): string {
  switch (ask) {
    case Ask.deliver:
      return transport.deliver(level, sequence, { body: text, moved: buffers })
    case Ask.resume:
      return transport.resume(level, text)
    case Ask.sweep:
      return transport.sweep(level)
    default:
      return ''
  }
}

Reflect.defineProperty(globalThis, Boot.dispatch, { value: dispatch, configurable: true })
Reflect.defineProperty(globalThis, Boot.inner, {
  value: { adopt: namespaces.adopt, take: namespaces.take, core },
  configurable: true,
})

// What could run guest code outside of a time limit, or costs memory that the limit does not count.
for (const name of [
  'FinalizationRegistry',
  ...(settings.webAssembly ? [] : ['WebAssembly']),
  ...(settings.sharedMemory ? [] : ['SharedArrayBuffer']),
]) {
  Reflect.deleteProperty(globalThis, name)
}
settleWithinEntries()
Reflect.defineProperty(Error, 'prepareStackTrace', {
  value: undefined,
  writable: false,
  configurable: false,
})
Reflect.defineProperty(globalThis, 'remote', {
  value: core.remote,
  writable: true,
  configurable: true,
})
const write = installConsole(
  settings.console ? (level, args) => session.outgoing.ask('console', [level, ...args]) : undefined,
)
