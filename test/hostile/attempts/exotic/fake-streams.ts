import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives the host streams and signals of its own making.',
  source: 'own',
  guest: `
    (async () => {
      const got = []
      const reader = { read: () => ({ done: false, value: 1 }), releaseLock() { for (;;); }, cancel() { for (;;); } }
      for (const fake of [{ getReader: () => reader, [Symbol.asyncIterator]() { return { next: () => ({ get done() { for (;;); } }) } } }, { [Symbol.asyncIterator]: () => ({ next: () => 5 }) }, { [Symbol.iterator]: () => 1 }]) {
        try { got.push(await host.read(fake)) } catch (error) { got.push(error.code ?? error.name) }
      }
      try { got.push(await host.onAbort({ aborted: true, get reason() { for (;;); }, addEventListener() { for (;;); }, [Symbol.toStringTag]: 'AbortSignal' })) } catch (error) { got.push(error.code ?? error.name) }
      return got
    })()`,
  enter: ['eval', 'wait'],
  options: { timeout: 300 },
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
