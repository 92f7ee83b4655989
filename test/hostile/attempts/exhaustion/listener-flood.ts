import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Adds listeners to a signal of the host without end.',
  source: 'own',
  guest: `for (let n = 0; n < 1e5; n++) host.signal.addEventListener('abort', () => n); 1`,
} satisfies Attempt
