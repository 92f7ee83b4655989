import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Replaces the global Error, so that the host formats its stacks with a function of the guest.',
  source: 'CVE-2022-36067',
  guest: `
    const got = []
    globalThis.Error = class extends Error { static prepareStackTrace(error, sites) { got.push(climb(sites, ...sites)); return '' } }
    Error.prepareStackTrace = (error, sites) => { got.push(climb(sites, ...sites)); return '' }
    try { host.fail('x') } catch (error) { got.push(climb(error, error.stack)) }
    try { host.overflow() } catch (error) { got.push(climb(error, error.stack)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
