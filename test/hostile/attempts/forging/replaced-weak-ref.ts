import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has WeakRef give what the guest likes.',
  source: 'own',
  guest:
    'WeakRef.prototype.deref = () => host.ledger; globalThis.WeakRef = class { deref() { for (;;); } }; climb(host.settings, host.give())',
} satisfies Attempt
