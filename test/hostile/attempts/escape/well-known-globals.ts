import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Looks for what a host leaves on the global object.',
  source: 'CVE-2025-68613',
  guest: `
    const got = []
    for (const code of ['process', 'this.process', 'globalThis.process.mainModule.require("fs")', 'require("fs")', 'module', 'global', 'Buffer', 'this.constructor.constructor("return process")()', 'globalThis.constructor', 'WebAssembly', 'Deno', 'Bun']) {
      try { got.push(climb((0, eval)(code))) } catch (error) { got.push(climb(error)) }
    }
    got`,
  ends: /nothing/,
} satisfies Attempt
