import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads its own stack where the host has called it.',
  source: 'GHSA-r273-hxvj-fxhp',
  guest: `
    (async () => {
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    Error.stackTraceLimit = Infinity
    tell(new Error('here'))
    await host.call(() => tell(new Error('in a callback')))
    await host.callLater(() => tell(new Error('in a late callback')))
    try { await host.sort([2, 1], () => { tell(new Error('in a comparator')); return 0 }) } catch {}
    return told
    })()`,
  enter: ['eval', 'wait'],
  ends: /^value /,
} satisfies Attempt
