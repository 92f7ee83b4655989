import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host a callback that loops when it is called after the call has ended.',
  source: 'own',
  guest: 'host.keep(() => { for (;;); }); 1',
  ends: /^(value 1|error FARHOLD_CALL_TIMEOUT)$/,
} satisfies Attempt
