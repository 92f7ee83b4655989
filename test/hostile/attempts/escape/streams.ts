import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from streams of the host, their readers and their writers.',
  source: 'own',
  guest: `
    (async () => {
      const got = []
      const stream = host.stream(), sink = host.sink()
      got.push(climb(stream, sink, stream.getReader, stream.cancel, sink.write, sink.getWriter))
      try { for await (const part of stream) { got.push(climb(part)); break } } catch (error) { got.push(climb(error)) }
      try { const reader = stream.getReader(); got.push(climb(reader, await reader.read())) } catch (error) { got.push(climb(error)) }
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
