import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back a buffer that shrinks while it is encoded.',
  source: 'own',
  guest: `
    const buffer = new ArrayBuffer(64, { maxByteLength: 128 }), view = new Uint8Array(buffer, 8), tail = new DataView(buffer, 32);
    ({ first: view, get shrink() { buffer.resize(16); return 1 }, second: view, third: tail, fourth: new Float64Array(buffer) })`,
  ends: /^error TypeError$/,
} satisfies Attempt
