import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads the stacks of errors that methods of the host throw.',
  source: 'GHSA-x6m4-chr9-cg97',
  guest: `
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    for (const run of [() => host.fail('x'), () => host.overflow(), () => host.throwIt(host.failure), () => host.ledger.add({}), () => host.Ledger(), () => host.ping.apply(1, 2), () => host.each()]) { try { run() } catch (error) { tell(error) } }
    told`,
  ends: /^value /,
} satisfies Attempt
