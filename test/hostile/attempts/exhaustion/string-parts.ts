import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Grows an array of strings until memory is gone.',
  source: 'own',
  guest: `const kept = []; for (let n = 0; ; n++) kept.push(('x' + n).repeat(1000))`,
} satisfies Attempt
