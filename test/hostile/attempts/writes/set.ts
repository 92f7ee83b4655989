import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sets properties of objects of the host, own, nested and new.',
  source: 'own',
  guest: `
    'use strict'
    const got = []
    for (const run of [
      () => { host.name = 'mine' },
      () => { host.fresh = 1 },
      () => { host.settings.theme = 'mine' },
      () => { host.nested.deep.value = 2 },
      () => { host.ping = () => 'mine' },
      () => { host.ping.extra = 1 },
      () => { host.failure.message = 'mine' },
      () => { host[Symbol.for('x')] = 1 },
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value \["FARHOLD_UNPROTECTED"(,"FARHOLD_UNPROTECTED")+\]$/,
} satisfies Attempt
