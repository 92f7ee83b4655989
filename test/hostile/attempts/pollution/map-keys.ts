import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host make an object of a Map whose keys are names of prototypes.',
  source: 'own',
  guest: `
    try { host.fromEntries(new Map([['__proto__', { polluted: 1 }], ['constructor', 1]])) } catch {}
    host.configure(host.fromEntries([['__proto__', { polluted: 1 }]]))`,
  ends: /^value /,
} satisfies Attempt
