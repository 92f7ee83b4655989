import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Has the engine write a stack into an object with accessors, and into objects of the host.',
  source: 'CVE-2021-23555',
  guest: `
    const got = []
    const trap = { set stack(value) { got.push(climb(value)) } }
    try { Error.captureStackTrace(trap) } catch {}
    for (const target of [host, host.settings, host.ping]) { try { Error.captureStackTrace(target); got.push(target.stack) } catch (error) { got.push(climb(error)) } }
    got.push(climb(trap.stack))
    got`,
  ends: /nothing/,
} satisfies Attempt
