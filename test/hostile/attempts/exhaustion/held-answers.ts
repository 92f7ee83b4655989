import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Uses answers of the host as targets and never gives one up.',
  source: 'own',
  guest: `
    const kept = []
    for (let n = 0; n < 20000; n++) kept.push(remote(host).give())
    kept.length`,
  options: { limits: { exports: 500 } },
} satisfies Attempt
