import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads what the runtime and the host say when they refuse.',
  source: 'GHSA-x6m4-chr9-cg97',
  guest: `
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    for (const run of [() => { host.name = 1 }, () => host.constructor, () => host.echo(Symbol('x')), () => host.echo(new WeakMap()), () => host.nothing(), () => host.nothing.more, () => new host.ping(), () => host.throwIt(new WeakMap()), () => host.give().ledger.none(), () => Object.setPrototypeOf(host, null)]) { try { run() } catch (error) { tell(error) } }
    told`,
  ends: /^value /,
} satisfies Attempt
