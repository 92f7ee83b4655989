import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back modules, instances and memory of WebAssembly.',
  source: 'own',
  guest:
    'const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]); const module = new WebAssembly.Module(bytes); [module, new WebAssembly.Instance(module), new WebAssembly.Memory({ initial: 1 })]',
  options: { webAssembly: true },
  ends: /^error FARHOLD_NOT_SHAREABLE$/,
} satisfies Attempt
