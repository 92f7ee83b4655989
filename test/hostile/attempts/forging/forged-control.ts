import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Calls methods of the control object that are for other peers.',
  source: 'CVE-2025-55182',
  guest: `
    forge((fields) => { const all = []; for (const [n, name] of ['eval', 'call', 'bind', 'import', 'console', 'introduce', 'granted', 'refused', 'meet', 'gone', 'acquaint', 'fate', 'settled', 'stash', 'root', 'namespace'].entries()) all.push(1, 6000 + n, 2 | 16, 1, [name], ['process', { a: 1 }, 1], null); return [...fields, ...all] })
    host.ping()`,
} satisfies Attempt
