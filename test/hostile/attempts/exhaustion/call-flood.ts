import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Makes tens of thousands of calls in one stretch and waits for none.',
  source: 'own',
  guest: 'for (let n = 0; n < 40000; n++) remote(host).never(); 1',
  options: { timeout: 1000 },
} satisfies Attempt
