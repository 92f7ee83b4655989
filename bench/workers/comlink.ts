import { parentPort } from 'node:worker_threads'
import { expose } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'

if (parentPort === null) throw new Error('this file is the program of a worker')
expose({ add: (a: number, b: number) => a + b }, nodeEndpoint(parentPort))
