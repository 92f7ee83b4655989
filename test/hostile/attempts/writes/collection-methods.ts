import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Changes a Map, a Set and a Date of the host by their own methods.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => host.map.set('key', 1),
      () => host.map.delete('key'),
      () => host.map.clear(),
      () => host.set.add(2),
      () => host.set.clear(),
      () => host.date.setTime(5),
      () => Map.prototype.set.call(host.map, 'key', 1),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
