import type { Attempt } from '../../attempt.ts'

export default {
  technique: "Gives every array a toJSON, so that what the runtime sends is the guest's.",
  source: 'own',
  guest: `Array.prototype.toJSON = function () { return [1, 1, 18, 1, ['console'], ['x', 'forged'], null] }; host.ping()`,
} satisfies Attempt
