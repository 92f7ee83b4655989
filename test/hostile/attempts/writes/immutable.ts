import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Changes its copy of an immutable value, by every way there is, and gives it back.',
  source: 'own',
  guest: `const { frozen } = host
for (const run of [() => { frozen.theme = 'light' }, () => { delete frozen.theme }, () => frozen.list.push(2), () => { frozen.bytes[0] = 9 }, () => Object.setPrototypeOf(frozen, { theme: 'light' }), () => Object.defineProperty(frozen, 'more', { value: 1 })])
  try { run() } catch {}
;[host.isSame(host.frozen, frozen), frozen.theme, frozen.list.length, host.json(host.frozen)]`,
  afterwards: ({ fixture }) => {
    const { frozen } = fixture.root as {
      frozen: { theme: string; list: number[]; bytes: Uint8Array }
    }
    if (frozen.theme !== 'dark' || frozen.list.length !== 1 || frozen.bytes[0] !== 1)
      throw new Error("the host's own value has changed")
  },
} satisfies Attempt
