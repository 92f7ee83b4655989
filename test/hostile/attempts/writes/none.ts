import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes where nothing may be written at all, also to what is its own on the host.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => { host.name = 'mine' },
      () => { host.give().fresh = 1 },
      () => { host.ledger.owner = 'mine' },
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  options: { writes: 'none' },
  ends: /^value /,
} satisfies Attempt
