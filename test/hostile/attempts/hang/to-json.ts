import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back, and passes on, objects whose toJSON loops.',
  source: 'own',
  guest: 'const trap = { toJSON() { for (;;); } }; try { host.json(trap) } catch {} trap',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
