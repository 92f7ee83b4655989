import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fills the queue of microtasks for ever after an await of the host.',
  source: 'own',
  guest: 'const turn = () => Promise.resolve().then(turn); host.later(1).then(turn); 1',
} satisfies Attempt
