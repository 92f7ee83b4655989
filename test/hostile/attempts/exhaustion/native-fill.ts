import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Spends its time in native calls that fill very long arrays.',
  source: 'isolated-vm: timeout does not stop native calls',
  guest: 'for (;;) new Array(2 ** 25).fill(0)',
  needs: { contain: 'process', because: 'the engine does not interrupt a native call' },
  alone: true,
} satisfies Attempt
