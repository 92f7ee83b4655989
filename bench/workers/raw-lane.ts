import { workerData } from 'node:worker_threads'
import { serveLane } from '../raw-lane.ts'

const { memory, spins } = workerData as { memory: SharedArrayBuffer; spins: boolean }
serveLane(memory, spins)
