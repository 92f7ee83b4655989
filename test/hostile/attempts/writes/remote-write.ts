import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes through the asynchronous proxy, and by its reflection.',
  source: 'own',
  guest: `
    (async () => {
      const got = []
      const there = remote(host)
      for (const run of [
        () => { there.name = 'mine' },
        () => { there.settings.theme = 'mine' },
        () => Reflect.set(there, 'name', 'mine'),
        () => Reflect.defineProperty(there, 'name', { value: 'mine' }),
        () => Reflect.deleteProperty(there, 'name'),
      ]) { try { got.push(run() === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
      await host.later(1)
      return [...got, await there.name]
    })()`,
  enter: ['eval', 'wait'],
  ends: /"host"\]$/,
} satisfies Attempt
