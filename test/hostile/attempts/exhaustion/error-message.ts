import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws errors whose messages, stacks and causes are very long.',
  source: 'own',
  guest: `throw Object.assign(new Error('x'.repeat(2 ** 24), { cause: new Error('y'.repeat(2 ** 24)) }), { data: 'z'.repeat(2 ** 24) })`,
  options: { memoryLimit: 256, timeout: 3000, wallTimeout: 6000 },
} satisfies Attempt
