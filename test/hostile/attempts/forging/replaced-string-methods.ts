import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces the methods of strings, also while a call is under way.',
  source: 'own',
  guest: `
    (async () => {
      await host.call(() => { for (const key of Reflect.ownKeys(String.prototype)) { if (typeof String.prototype[key] === 'function' && key !== 'constructor') String.prototype[key] = () => 'mine' } })
      return host.text('x')
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
