import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Doubles a string until memory is gone.',
  source: 'own',
  guest: `let text = 'x'; const kept = []; for (;;) { text += text; kept.push(text + kept.length) }`,
} satisfies Attempt
