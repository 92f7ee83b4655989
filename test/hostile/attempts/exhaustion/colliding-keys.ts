import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Sends keys that are all integers far apart, and names that differ in nothing but their end.',
  source: 'own',
  guest: `
    const many = {}
    for (let n = 0; n < 20000; n++) { many[n * 4294967] = 1; many['x'.repeat(20) + n] = 1 }
    host.keysOf(many).length`,
  options: { memoryLimit: 256, timeout: 3000, wallTimeout: 6000 },
} satisfies Attempt
