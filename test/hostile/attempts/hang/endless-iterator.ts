import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host iterate what never ends.',
  source: 'own',
  guest: '(async () => await host.take((function* () { for (;;) yield 1 })()))()',
  enter: ['eval', 'wait'],
} satisfies Attempt
