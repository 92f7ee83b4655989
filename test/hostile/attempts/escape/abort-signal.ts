import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from a signal of the host, its reason and its events.',
  source: 'own',
  guest: `
    const got = []
    const { signal } = host
    got.push(climb(signal, signal.reason, signal.addEventListener, signal.throwIfAborted))
    try { signal.addEventListener('abort', function (event) { host.say(climb(this, event, event?.target, event?.composedPath)) }) } catch (error) { got.push(climb(error)) }
    try { signal.onabort = function (event) { host.say(climb(this, event)) } } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
  afterwards: async ({ fixture, context }) => {
    fixture.revoke()
    await context.eval('1').catch(() => undefined)
  },
} satisfies Attempt
