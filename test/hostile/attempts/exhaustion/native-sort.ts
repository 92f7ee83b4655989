import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Spends its time in native sorting and joining.',
  source: 'isolated-vm: timeout does not stop native calls',
  guest: `new Array(2 ** 24).fill('x').join('y').split('').sort().length`,
  needs: { contain: 'process', because: 'the engine does not interrupt a native call' },
  alone: true,
} satisfies Attempt
