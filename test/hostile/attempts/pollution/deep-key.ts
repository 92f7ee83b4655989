import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Hides the key deep inside arrays, Maps, errors and entries.',
  source: 'CVE-2020-8203',
  guest: `
    const bad = () => JSON.parse('{"__proto__": {"polluted": 1}}')
    for (const value of [[[bad()]], new Map([['a', bad()]]), new Set([bad()]), Object.assign(new Error('x'), { data: bad() }), { a: { b: { c: bad() } } }]) {
      try { host.configure(value) } catch {}
      try { for (const part of host.echo([value])) host.configure(part) } catch {}
    }
    host.configure({ a: [bad()] })`,
  ends: /^value /,
} satisfies Attempt
