import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads what failing imports say.',
  source: 'own',
  guest: `
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    (async () => { for (const name of ['./x', '/etc/passwd', 'file:///etc/passwd', 'node:fs', '']) { try { await import(name) } catch (error) { tell(error) } } return told })()`,
  ends: /^value /,
} satisfies Attempt
