import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Goes on using a grant that the host has taken back.',
  source: 'own',
  guest: 'globalThis.grant = host.temporary(); grant.use()',
  ends: /^value "used"$/,
  afterwards: async ({ context, fixture }) => {
    fixture.revoke()
    const ended = await context.eval('grant.use()').then(String, (error: Error) => error.message)
    if (ended !== 'the grant was taken back') throw new Error(`the grant still gives "${ended}"`)
  },
} satisfies Attempt
