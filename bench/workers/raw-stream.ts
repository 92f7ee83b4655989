import { type MessagePort, workerData } from 'node:worker_threads'
import { readRaw, writeRaw } from '../raw-stream.ts'

const { port, commands } = workerData as { port: MessagePort; commands: MessagePort }

commands.on('message', async ([what, count, size]: ['read' | 'write', number, number]) => {
  if (what === 'read') commands.postMessage(await readRaw(port, count))
  else await writeRaw(port, count, size)
})
