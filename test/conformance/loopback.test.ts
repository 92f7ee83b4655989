import * as farhold from '@farhold/core'
import { blockingLaterCases } from './cases/narrowing.ts'
import * as fixture from './fixture.ts'
import { conformance, type Exception, withSession } from './harness.ts'

const oneThread: Exception = {
  because: 'both contexts are on one thread, which cannot wait for itself',
  failure: /needs this very thread/,
  cases: blockingLaterCases.map(({ name }) => name),
}

for (const codec of ['structured', 'text'] as const) {
  conformance(
    `loopback, ${codec}`,
    async (conformanceCase) => {
      const [here, there] = farhold.loopback({ codec })
      const reported: unknown[] = []
      const owner = farhold.expose(fixture, here, { name: 'owner' })
      const session = farhold.connect(there, {
        name: 'caller',
        onError: (error) => reported.push(error),
      })
      await withSession({ session, owner, reported, farhold }, conformanceCase)
    },
    [oneThread],
  )
}
