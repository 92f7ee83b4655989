import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks for objects of the host without end and keeps them all.',
  source: 'own',
  guest: 'const kept = []; for (;;) kept.push(host.give())',
  options: { timeout: 1000, limits: { exports: 2000 } },
} satisfies Attempt
