import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Imports the library from inside, and looks for the other side in what it exports.',
  source: 'own',
  guest: `
    import * as core from '@farhold/core'
    const got = [climb(...Object.values(core)), climb(...core.contexts(), core.currentContext())]
    for (const context of core.contexts()) got.push(climb(context.remote, context.lock, context.closed))
    try { got.push(climb(core.contextOf(host))) } catch {}
    const [here, there] = core.loopback()
    try { core.expose({ host }, here); got.push(climb(core.connect(there).sync.host)) } catch {}
    host.say(...got.map(String))
    export const done = got.length`,
  enter: ['module'],
} satisfies Attempt
