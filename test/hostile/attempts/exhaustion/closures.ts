import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fills its heap with closures while the host waits for a promise.',
  source: 'own',
  guest:
    '(async () => { await host.later(1); let last; for (;;) { const before = last; last = () => before } })()',
  enter: ['eval', 'wait'],
} satisfies Attempt
