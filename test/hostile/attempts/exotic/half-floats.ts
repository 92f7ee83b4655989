import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back arrays of halves, which abort the process when isolated-vm copies them.',
  source: 'isolated-vm: a Float16Array copied natively aborts the process',
  guest: '[new Float16Array([1, 2, 3]), { a: new Float16Array(0) }]',
  alone: true,
} satisfies Attempt
