import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Climbs from the causes and from the collected errors of errors of the host.',
  source: 'GHSA-x965-fc75-jpqh',
  guest: `
    (async () => {
      const got = []
      for (const run of [host.rejections, host.many, () => host.failLater('x')]) {
        try { await run() } catch (error) { got.push(climb(error, error.cause, error.errors, ...(error.errors ?? []), error.errors?.[0]?.cause)) }
      }
      got.push(climb(host.failure, host.failure.cause))
      return got
    })()`,
  enter: ['eval', 'wait'],
  ends: /nothing/,
} satisfies Attempt
