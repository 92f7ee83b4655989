import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host wait for promises that all reject, where no one looks.',
  source: 'CVE-2026-44001',
  guest: `
    for (let n = 0; n < 500; n++) host.awaitIt(Promise.reject(new Error('x' + n)))
    for (let n = 0; n < 500; n++) host.awaitIt({ a: Promise.reject(n) })
    1`,
} satisfies Attempt
