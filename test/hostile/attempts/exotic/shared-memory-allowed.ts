import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back views of shared memory where it may, and changes them meanwhile.',
  source: 'own',
  guest:
    'const memory = new SharedArrayBuffer(64, { maxByteLength: 128 }); const view = new Int32Array(memory); host.echo(view.subarray(1, 3)); memory.grow(128); [view, memory]',
  options: { sharedMemory: true },
} satisfies Attempt
