import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Leaves rejections that no one handles, with reasons that loop when they are looked at.',
  source: 'CVE-2026-44001',
  guest: `
    Promise.reject({ get message() { for (;;); } })
    Promise.reject(new Proxy(new Error('x'), { get() { for (;;); }, getPrototypeOf() { for (;;); } }))
    new Promise((_, reject) => reject(Object.defineProperty(new Error('x'), 'stack', { get() { for (;;); } })))
    1`,
} satisfies Attempt
