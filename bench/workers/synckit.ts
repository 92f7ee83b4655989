import { runAsWorker } from 'synckit'

runAsWorker((a: number, b: number) => a + b)
