import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back buffers that are detached, before and while they are encoded.',
  source: 'own',
  guest: `
    const gone = new ArrayBuffer(8), view = new Uint8Array(gone), later = new ArrayBuffer(8)
    gone.transfer()
    const got = []
    for (const value of [gone, view, { get a() { later.transfer(); return 1 }, b: later, c: new Uint8Array(8) }]) { try { got.push(typeof host.echo(value)) } catch (error) { got.push(error.name) } }
    ({ get a() { return got }, view })`,
  ends: /^error TypeError$/,
} satisfies Attempt
