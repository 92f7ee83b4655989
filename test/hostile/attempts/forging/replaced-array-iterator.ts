import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has arrays iterate without end.',
  source: 'own',
  guest: 'Array.prototype[Symbol.iterator] = function* () { for (;;) yield host }; host.echo([1])',
} satisfies Attempt
