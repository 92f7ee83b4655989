import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes to bytes of the host.',
  source: 'own',
  guest: `
    const got = []
    for (const run of [
      () => { host.bytes[0] = 9 },
      () => host.bytes.fill(7),
      () => host.bytes.set([7]),
      () => { new Uint8Array(host.bytes.buffer)[0] = 9 },
      () => { new DataView(host.bytes.buffer).setInt8(0, 9) },
    ]) { try { const gave = run(); got.push(gave === false ? 'refused' : 'done') } catch (error) { got.push(error.code ?? error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
