/**
 * The program of a spawned worker: opens the session, and imports the module when it is told to.
 */
import { registerHooks } from 'node:module'
import { Script } from 'node:vm'
import { workerData } from 'node:worker_threads'
import {
  becomeContext,
  createAgent,
  openSession,
  PARENT,
  type SessionCore,
} from '@farhold/core/adapter'
import { Bell, haveBell, thisThread } from './bell.ts'
import { createWorkerFamily } from './family-of-worker.ts'
import { describeCrash } from './thread-end.ts'
import { ThreadTransport } from './thread-transport.ts'
import type { WorkerAgent, WorkerStart } from './worker-data.ts'

const start = (workerData as { readonly farhold: WorkerStart }).farhold // put there by spawnWorker

/** Called by another name, so that the script runs in the global scope. */
const globalEval = Reflect.get(globalThis, 'eval') as (code: string) => unknown // the language has it

becomeContext(start.identity)
haveBell(new Bell(start.bells.own))
const parentBell = new Bell(start.bells.parent)
let crashed = false
process.on('exit', (code) => {
  thisThread.bell.end(code, crashed)
  parentBell.ring()
})
provideModules(start.modules)

const { family, agent: sibling } = createWorkerFamily(start)

const agent: WorkerAgent = {
  ...sibling,
  ...createAgent({
    evaluate,
    importModule: (specifier) => import(specifier) as Promise<object>,
  }),
  async load(url) {
    session.setRoot((await import(url)) as object)
  },
}

const transport = new ThreadTransport(start.port, {
  keepAlive: true,
  closed: 'ends',
  bell: parentBell,
  rings: start.rings,
  // A worker ends with its parent.
  ended: () => undefined,
})

const session: SessionCore = openSession(
  Object.freeze(Object.create(null) as object),
  transport,
  {
    name: start.identity.name,
    peerName: start.parentName,
    ...(start.limits === undefined ? {} : { limits: start.limits }),
    ...(start.lock === undefined ? {} : { lock: start.lock }),
  },
  { control: agent, membership: { family, member: PARENT } },
)

// A parent that is blocked hears of no event of Node's.
process.on('uncaughtExceptionMonitor', (error) => {
  if (process.listenerCount('uncaughtException') > 0) return // it may go on
  crashed = true
  session.askAhead('crashes', [describeCrash(error)]).catch(() => undefined)
  transport.flush()
})

/**
 * Runs a script as `eval` does in the global scope, so that it may `import()`. It is compiled once before, because
 * `eval` does not say where a syntax error is.
 */
function evaluate(code: string, filename = 'eval'): unknown {
  new Script(code, { filename })
  return globalEval(`${code}\n//# sourceURL=${filename}`)
}

/** Makes virtual modules importable by their names. */
function provideModules(modules: WorkerStart['modules']): void {
  if (Object.keys(modules).length === 0) return
  registerHooks({
    resolve(specifier, context, next) {
      return Object.hasOwn(modules, specifier)
        ? { url: `farhold:${encodeURIComponent(specifier)}`, shortCircuit: true }
        : next(specifier, context)
    },
    load(url, context, next) {
      if (!url.startsWith('farhold:')) return next(url, context)
      const source = modules[decodeURIComponent(url.slice('farhold:'.length))]
      return { format: 'module', source: source ?? '', shortCircuit: true }
    },
  })
}
