import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Wraps functions of the host for WebAssembly that suspends, so that promises come from the engine.',
  source: 'CVE-2026-47210',
  guest: `
    const got = []
    const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])
    got.push(climb(WebAssembly.compile(bytes), WebAssembly.instantiate(bytes), new WebAssembly.Module(bytes)))
    for (const name of ['promising', 'Suspending']) { try { got.push(climb(WebAssembly[name], WebAssembly[name]?.(host.later), new WebAssembly[name](host.later))) } catch (error) { got.push(climb(error)) } }
    got`,
  options: { webAssembly: true },
  ends: /nothing/,
} satisfies Attempt
