import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host objects that pretend to be patterns and strings, and loop.',
  source: 'own',
  guest: `
    const trap = { [Symbol.match]() { for (;;); }, [Symbol.replace]() { for (;;); }, [Symbol.split]() { for (;;); }, [Symbol.toPrimitive]() { for (;;); } }
    try { host.find(trap) } catch {}
    host.text(trap)`,
} satisfies Attempt
