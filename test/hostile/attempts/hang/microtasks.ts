import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Fills the queue of microtasks for ever.',
  source: 'own',
  guest: 'const turn = () => Promise.resolve().then(turn); turn(); 1',
} satisfies Attempt
