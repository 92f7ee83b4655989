import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Takes memory through WebAssembly.',
  source: 'isolated-vm: memory of WebAssembly is not counted',
  guest: `
    const kept = []
    for (let n = 0; n < 40; n++) { const memory = new WebAssembly.Memory({ initial: 1000, maximum: 1000 }); new Uint8Array(memory.buffer).fill(1); kept.push(memory) }
    kept.length`,
  options: { webAssembly: true, timeout: 3000, wallTimeout: 8000 },
  needs: {
    contain: 'process',
    because: 'the memory limit of an isolate does not count memory outside of its heap',
  },
  alone: true,
} satisfies Attempt
