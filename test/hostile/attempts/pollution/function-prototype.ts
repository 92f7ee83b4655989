import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces what every function of the host inherits.',
  source: 'CVE-2019-10744',
  guest: `
    const got = []
    for (const run of [
      () => { host.ping.__proto__.call = () => 'mine' },
      () => { host.ping.call = () => 'mine' },
      () => { Object.getPrototypeOf(host.ping).polluted = 1 },
      () => Object.defineProperty(Object.getPrototypeOf(host.ping), 'polluted', { value: 1, configurable: true }),
      () => { Reflect.getPrototypeOf(host.list).polluted = 1 },
    ]) { try { run(); got.push('done') } catch (error) { got.push(error.name) } }
    got`,
  ends: /^value /,
} satisfies Attempt
