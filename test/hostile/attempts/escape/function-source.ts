import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads the source of functions of the host.',
  source: 'CVE-2025-55183',
  guest: `
    const got = []
    for (const run of [() => String(host.hasKey), () => host.hasKey.toString(), () => Function.prototype.toString.call(host.hasKey), () => host.hasKey + '', () => \`\${host.Ledger}\`, () => host.hasKey.toSource?.(), () => JSON.stringify({ f: host.hasKey }), () => String(remote(host.hasKey))]) {
      try { got.push(String(run())) } catch (error) { got.push(error.message) }
    }
    got`,
} satisfies Attempt
