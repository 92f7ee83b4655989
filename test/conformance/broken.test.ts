/**
 * Cases that fail, each in a session of its own. One that passes is moved to the cases that every transport is held to.
 *
 * - An answer that is given up and released before its owner has acknowledged that: the call's id is free at once, so the
 *   acknowledgement is taken for the answer of the next call with that id, and its own answer ends the session.
 * - An iteration that waits for an earlier answer to begin is begun although it was left meanwhile, and never ends.
 * - An object that is received for a scope that is over is given back and not marked as released, so that its use ends the session.
 * - In one heap the owner runs within the caller's scope, which takes what the owner receives for its own.
 */
import * as farhold from '@farhold/core'
import { test } from 'vitest'
import { brokenStopCases } from './cases/cancelling.ts'
import { brokenLifetimeCases } from './cases/lifetimes.ts'
import * as fixture from './fixture.ts'
import { withSession } from './harness.ts'

for (const brokenCase of [...brokenStopCases, ...brokenLifetimeCases]) {
  test.fails(brokenCase.name, async () => {
    const [here, there] = farhold.loopback()
    const reported: unknown[] = []
    const owner = farhold.expose(fixture, here)
    const session = farhold.connect(there, { onError: (error) => reported.push(error) })
    await withSession({ session, owner, reported, farhold }, brokenCase)
  })
}
