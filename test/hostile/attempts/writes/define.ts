import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Defines properties and accessors on objects of the host.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => Object.defineProperty(host, 'name', { value: 'mine' }),
      () => Object.defineProperty(host, 'name', { get: () => 'mine' }),
      () => Reflect.defineProperty(host.settings, 'theme', { get: () => { for (;;); } }),
      () => Object.defineProperty(host.ledger, 'total', { value: 1e9 }),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value \["FARHOLD_UNPROTECTED"(,"FARHOLD_UNPROTECTED")+\]$/,
} satisfies Attempt
