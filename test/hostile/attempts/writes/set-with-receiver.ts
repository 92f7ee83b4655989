import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Sets properties by Reflect, with receivers of its own and of the host.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => Reflect.set(host, 'name', 'mine'),
      () => Reflect.set({}, 'name', 'mine', host),
      () => Reflect.set(host.settings, 'theme', 'mine', host.nested),
      () => { Object.create(host).name = 'mine' },
      () => { const mine = { __proto__: host.ledger }; mine.owner = 'mine'; mine.total = 1 },
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
