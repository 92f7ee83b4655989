import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads the stacks of errors that promises of the host reject with.',
  source: 'GHSA-x6m4-chr9-cg97',
  guest: `
    (async () => {
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    for (const run of [() => host.failLater('x'), host.rejections, host.many, () => host.later(1).then(() => host.fail('y')), () => host.read(1), () => host.take(1), () => host.each(1)]) { try { await run() } catch (error) { tell(error) } }
    return told
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
