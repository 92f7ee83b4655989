import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back shared memory where it may have none.',
  source: 'own',
  guest: `
    let memory
    try { memory = new SharedArrayBuffer(8) } catch {}
    try { memory ??= new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer } catch {}
    memory ?? 'none' `,
} satisfies Attempt
