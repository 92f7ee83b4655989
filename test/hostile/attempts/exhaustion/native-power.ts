import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Spends its time in one huge power of integers.',
  source: 'isolated-vm: timeout does not stop native calls',
  guest: '(3n ** 20000000n) > 0n',
  needs: { contain: 'process', because: 'the engine does not interrupt a native call' },
  alone: true,
} satisfies Attempt
