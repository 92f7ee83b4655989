import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Reads what errors of syntax say.',
  source: 'own',
  guest: `
    const told = []
    const tell = (error) => { told.push(String(error), error.message, error.stack, error.name, ...Reflect.ownKeys(error).map((key) => String(key) + String(error[key])), JSON.stringify(error)); for (const inner of [error.cause, ...(error.errors ?? [])]) if (inner) tell(inner) }
    for (const code of ['a b', '(', 'import.meta', 'new.target', '/(/', '"\\\\u{110000}"']) { try { (0, eval)(code) } catch (error) { tell(error) } try { new Function(code) } catch (error) { tell(error) } }
    told`,
  ends: /^value /,
} satisfies Attempt
