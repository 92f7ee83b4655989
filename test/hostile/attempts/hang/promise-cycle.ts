import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host a promise that waits for itself by way of the host.',
  source: 'CVE-2025-55184',
  guest: `
    let settle
    const own = new Promise((resolve) => { settle = resolve })
    settle(host.awaitIt(own))
    own`,
} satisfies Attempt
