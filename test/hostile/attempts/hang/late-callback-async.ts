import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host a callback that loops after an await.',
  source: 'own',
  guest: 'host.keep(async () => { await host.later(1); for (;;); }); 1',
  ends: /^(value 1|error FARHOLD_CALL_TIMEOUT)$/,
} satisfies Attempt
