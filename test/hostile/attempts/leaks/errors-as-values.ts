import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads stacks of errors that come as values.',
  source: 'GHSA-x6m4-chr9-cg97',
  guest: `
    (async () => {
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    tell(host.failure); tell(await host.later(host.failure)); tell(host.echo(new Error('mine')))
    return told
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
