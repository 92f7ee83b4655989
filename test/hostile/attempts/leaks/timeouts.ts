import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads what is said of calls that take too long.',
  source: 'own',
  guest: `
    (async () => {
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    try { await host.callLater(() => { for (;;); }) } catch (error) { tell(error) }
    return told
    })()`,
  enter: ['eval', 'wait'],
  options: { timeout: 300 },
} satisfies Attempt
