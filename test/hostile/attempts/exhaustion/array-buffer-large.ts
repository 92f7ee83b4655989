import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks for one buffer that is larger than all memory.',
  source: 'own',
  guest: `
    const got = []
    for (const size of [2 ** 30, 2 ** 32, 2 ** 40, 2 ** 53 - 1]) { try { got.push(new ArrayBuffer(size).byteLength) } catch (error) { got.push(error.name) } }
    got`,
} satisfies Attempt
