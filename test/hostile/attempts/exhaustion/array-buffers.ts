import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Allocates buffers until memory is gone.',
  source: 'own',
  guest: 'const kept = []; for (;;) kept.push(new Uint8Array(2 ** 20).fill(1))',
} satisfies Attempt
