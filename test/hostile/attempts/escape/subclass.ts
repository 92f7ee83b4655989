import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Inherits from a class of the host and climbs from super.',
  source: 'own',
  guest: `
    class Mine extends host.Ledger {
      constructor() { super(); this.got = climb(this, super.add, super.constructor, new.target) }
    }
    [new Mine().got, climb(Mine, Object.getPrototypeOf(Mine), Object.getPrototypeOf(Mine.prototype))]`,
  ends: /^error FARHOLD_NOT_SHAREABLE$/,
} satisfies Attempt
