import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back typed arrays with lengths, buffers and species of their own making.',
  source: 'own',
  guest: `
    const view = new Uint8Array(8)
    Object.defineProperty(view, 'length', { value: 1e9 }); Object.defineProperty(view, 'byteLength', { value: -1 }); Object.defineProperty(view, 'buffer', { value: new ArrayBuffer(1) })
    Object.setPrototypeOf(view, Float64Array.prototype)
    host.echo(view)`,
  ends: /^error RangeError$/,
} satisfies Attempt
