import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Sends arrays where names are expected, which pass a check as one thing and are used as another.',
  source: 'CVE-2021-23434',
  guest: `
    const got = []
    for (const key of [['__proto__'], [['__proto__']], ['constructor']]) {
      try { const found = host.at(key); found.polluted = 1; got.push(typeof found) } catch (error) { got.push(error.name) }
      try { host.configure({ [key]: { polluted: 1 } }) } catch (error) { got.push(error.name) }
    }
    got`,
  ends: /^value /,
} satisfies Attempt
