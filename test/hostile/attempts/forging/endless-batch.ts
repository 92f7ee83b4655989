import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sends a batch of tens of thousands of calls that never end.',
  source: 'own',
  guest: `
    forge((fields) => { const all = [...fields]; for (let n = 0; n < 3e4; n++) all.push(1, 10000 + n, 18, 2, ['never'], [], null); return all })
    host.ping()`,
  options: { timeout: 1000 },
} satisfies Attempt
