import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Formats stacks by a function that loops.',
  source: 'GHSA-7jxr-cg7f-gpgv',
  guest: `try { Error.prepareStackTrace = () => { for (;;); } } catch {} ; Promise.reject(new Error('x')); throw new Error('y')`,
} satisfies Attempt
