import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Changes an array of the host by its own methods.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => host.list.push(4),
      () => host.list.pop(),
      () => host.list.splice(0, 1),
      () => host.list.sort(),
      () => host.list.reverse(),
      () => host.list.fill(0),
      () => host.list.copyWithin(0, 1),
      () => host.list.shift(),
      () => host.list.unshift(0),
      () => { host.list.length = 0 },
      () => { host.list[0] = 9 },
      () => Array.prototype.push.call(host.list, 1),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
