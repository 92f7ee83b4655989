import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back an object with a getter that loops.',
  source: 'isolated-vm: getters met while a value is copied',
  guest: '({ get a() { for (;;); } })',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
