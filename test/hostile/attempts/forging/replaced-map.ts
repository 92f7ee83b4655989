import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has Map and Set say what is not so.',
  source: 'own',
  guest: `
    Map.prototype.get = Map.prototype.has = () => host
    Set.prototype.has = () => true
    Map.prototype.set = function () { return this }
    Map.prototype.delete = () => false
    host.echo({ f: () => 1 })`,
} satisfies Attempt
