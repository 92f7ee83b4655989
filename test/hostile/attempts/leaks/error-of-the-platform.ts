import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Reads the message and the properties of an error of the platform, which name a file of the host.',
  source: 'own',
  guest: `
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    try { host.readMissing() } catch (error) { tell(error) }
    told`,
  ends: /^value /,
} satisfies Attempt
