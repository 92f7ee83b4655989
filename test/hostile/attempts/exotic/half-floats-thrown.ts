import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws arrays of halves, and has them in errors and rejections.',
  source: 'isolated-vm: a Float16Array copied natively aborts the process',
  guest: `Promise.reject(new Float16Array(2)); throw Object.assign(new Error('x'), { cause: new Float16Array(8), data: new Float16Array(1) })`,
  alone: true,
  ends: /^error Error$/,
} satisfies Attempt
