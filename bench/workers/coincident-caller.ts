/** coincident is made for browsers: a worker of Node's looks like one of theirs with this. */
import { parentPort } from 'node:worker_threads'

type Listener = (event: Event) => void

Object.assign(globalThis, {
  addEventListener: (type: string, listener: Listener, options: object) =>
    parentPort?.addEventListener(type as 'message', listener as never, options),
  postMessage: (message: unknown) => parentPort?.postMessage(message),
})
const { default: coincident } = await import('coincident/worker')
const { proxy } = await coincident()
proxy.callOften = (count: number) => {
  for (let call = 0; call < count; call++) proxy.add(call, 1)
}
