import * as farhold from '@farhold/core'
import { blockingLaterCases } from './cases/narrowing.ts'
import * as fixture from './fixture.ts'
import { conformance, type Exception, readsNoDigits, withSession } from './harness.ts'
import { limitsFor } from './limited.ts'

const oneThread: Exception = {
  because: 'both contexts are on one thread, which cannot wait for itself',
  failure: /needs this very thread/,
  cases: blockingLaterCases.map(({ name }) => name),
}

for (const codec of ['structured', 'text'] as const) {
  conformance(
    `loopback, ${codec}`,
    async (conformanceCase) => {
      const limits = limitsFor(conformanceCase)
      const [here, there] = farhold.loopback({ codec })
      const reported: unknown[] = []
      const owner = farhold.expose(fixture, here, { name: 'owner', limits })
      const session = farhold.connect(there, {
        name: 'caller',
        limits,
        onError: (error) => reported.push(error),
      })
      await withSession({ session, owner, reported, farhold }, conformanceCase)
    },
    codec === 'structured' ? [readsNoDigits, oneThread] : [oneThread],
  )
}
