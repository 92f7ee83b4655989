import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Deletes properties of objects of the host.',
  source: 'own',
  guest: `
    'use strict'
    const got = []
    for (const run of [
      () => delete host.name,
      () => delete host.settings.theme,
      () => delete host.list[0],
      () => Reflect.deleteProperty(host, 'ping'),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value \["FARHOLD_UNPROTECTED"(,"FARHOLD_UNPROTECTED")+\]$/,
} satisfies Attempt
