import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reserves buffers that may grow to all there is.',
  source: 'own',
  guest: `
    const kept = []
    try { for (let n = 0; n < 200; n++) kept.push(new ArrayBuffer(8, { maxByteLength: 2 ** 33 })) } catch (error) { kept.push(error.name) }
    for (const buffer of kept) { try { buffer.resize(2 ** 32) } catch {} }
    kept.length`,
} satisfies Attempt
