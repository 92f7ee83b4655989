import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Names objects by guessed ids, to reach what it was not granted.',
  source: 'own',
  guest: `
    forge((fields) => { const all = []; for (let id = 1; id < 40; id++) all.push(1, 5000 + id, 6 | 16, id, [], null, null); return [...fields, ...all] })
    host.ping()`,
} satisfies Attempt
