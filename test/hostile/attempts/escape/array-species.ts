import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has a method of the host construct its result with a class of the guest.',
  source: 'vm2 issue 562: ArraySpeciesCreate',
  guest: `
    const got = []
    class Mine extends Array { static get [Symbol.species]() { return function (...args) { got.push(climb(this, ...args)); return host.list } } }
    const list = Mine.from([1, 2, 3])
    try { host.slice(list) } catch (error) { got.push(climb(error)) }
    try { host.list.constructor = { [Symbol.species]: Mine } } catch (error) { got.push(climb(error)) }
    try { got.push(climb(host.list.map((x) => x), host.slice(host.list))) } catch (error) { got.push(climb(error)) }
    got`,
  ends: /nothing/,
} satisfies Attempt
