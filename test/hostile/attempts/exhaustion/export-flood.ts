import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host functions without end.',
  source: 'own',
  guest: 'for (;;) host.keep(() => 1)',
  afterwards: ({ fixture }) => {
    fixture.kept.length = Math.min(fixture.kept.length, 3)
  },
} satisfies Attempt
