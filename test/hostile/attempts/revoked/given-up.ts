import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Uses an object of the host that it has given up.',
  source: 'own',
  guest: `
    const got = []
    const given = host.give()
    try { given[Symbol.dispose](); given[Symbol.dispose]() } catch (error) { got.push(error.name) }
    for (const use of [() => given.run(), () => given.list, () => Object.keys(given), () => host.echo(given)]) { try { got.push(typeof use()) } catch (error) { got.push(error.name) } }
    got`,
} satisfies Attempt
