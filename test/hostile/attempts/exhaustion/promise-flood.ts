import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls asynchronous methods of the host without end.',
  source: 'own',
  guest: 'const kept = []; for (;;) kept.push(host.later(kept.length))',
} satisfies Attempt
