import * as farhold from '@farhold/core'
import * as fixture from './fixture.ts'
import { conformance, withSession } from './harness.ts'

for (const codec of ['structured', 'text'] as const) {
  conformance(`loopback, ${codec}`, async (conformanceCase) => {
    const [here, there] = farhold.loopback({ codec })
    const reported: unknown[] = []
    const owner = farhold.expose(fixture, here, { name: 'owner' })
    const session = farhold.connect(there, {
      name: 'caller',
      onError: (error) => reported.push(error),
    })
    await withSession({ session, owner, reported, farhold }, conformanceCase)
  })
}
