import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Gives back an object that prints itself with a function of the guest, which is given the inspector.',
  source: 'CVE-2023-37903',
  guest: `
    const trap = { [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) { return climb(depth, options, inspect, options?.stylize) } }
    try { host.text(trap) } catch {}
    console.log(trap)
    trap`,
} satisfies Attempt
