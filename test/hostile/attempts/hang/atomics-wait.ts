import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Puts its thread to sleep.',
  source: 'own',
  guest: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)',
  options: { sharedMemory: true },
} satisfies Attempt
