import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Writes to a stream of the host without waiting for it.',
  source: 'own',
  guest: `
    (async () => {
      const sink = host.sink()
      const writer = sink.getWriter?.() ?? sink
      const all = []
      for (let n = 0; n < 5000; n++) all.push(Promise.resolve(writer.write('x'.repeat(100))).catch(() => 0))
      await Promise.all(all)
      return all.length
    })()`,
  enter: ['eval', 'wait'],
} satisfies Attempt
