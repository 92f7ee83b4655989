/**
 * The program of a spawned worker: opens the session, and imports the module when it is told to.
 */
import { registerHooks } from 'node:module'
import { runInThisContext } from 'node:vm'
import { workerData } from 'node:worker_threads'
import { becomeContext, createAgent, openSession, type SessionCore } from '@farhold/core/adapter'
import type { WorkerAgent, WorkerStart } from './worker-data.ts'
import { workerTransport } from './worker-transport.ts'

const start = (workerData as { readonly farhold: WorkerStart }).farhold // put there by spawnWorker

becomeContext(start.identity)
provideModules(start.modules)

const agent: WorkerAgent = {
  ...createAgent({
    evaluate: (code, filename) =>
      runInThisContext(code, filename === undefined ? {} : { filename }),
    importModule: (specifier) => import(specifier) as Promise<object>,
  }),
  async load(url) {
    session.setRoot((await import(url)) as object)
  },
}

const session: SessionCore = openSession(
  Object.freeze(Object.create(null) as object),
  workerTransport(start.port, { keepAlive: true }),
  {
    name: start.identity.name,
    peerName: start.parentName,
    ...(start.limits === undefined ? {} : { limits: start.limits }),
  },
  { control: agent },
)

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
