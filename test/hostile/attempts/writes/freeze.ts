import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Freezes and seals objects of the host, which would stop the host itself.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => Object.freeze(host.settings),
      () => Object.seal(host.nested),
      () => Object.preventExtensions(host),
      () => Reflect.preventExtensions(host.list),
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
