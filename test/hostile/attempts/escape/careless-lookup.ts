import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Has a method of the host read a name of the guest from an object of the host, and climbs from what it finds.',
  source: 'CVE-2021-23369',
  guest: `
    const got = []
    for (const key of ['constructor', '__proto__', 'toString', 'valueOf', '__defineGetter__', 'hasOwnProperty']) {
      try {
        const found = host.at(key)
        got.push(climb(found))
        for (const run of [
          () => found.constructor('return process')().env.HOSTILE_SECRET,
          () => found.getOwnPropertyDescriptor(host.ping, 'constructor')?.value,
          () => found.getPrototypeOf(host.ping),
          () => found.getOwnPropertyDescriptors(found.getPrototypeOf(host.ping)).constructor.value,
          () => found.values(found.getOwnPropertyDescriptors(found.getPrototypeOf(host.ping)))[4].value,
        ]) { try { got.push(climb(run())) } catch {} }
      } catch (error) { got.push(climb(error)) }
    }
    got`,
  ends: /nothing/,
} satisfies Attempt
