import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Makes the built-ins of strings and arrays lie, as the checks of an evaluator of expressions were tricked.',
  source: 'AngularJS 1.x expression sandbox bypasses',
  guest: `
    'a'.constructor.prototype.charAt = [].join
    String.prototype.startsWith = String.prototype.includes = () => true
    Array.prototype.includes = Array.prototype.indexOf = () => true
    Set.prototype.has = Map.prototype.has = () => true
    Object.hasOwn = () => true
    const got = []
    for (const run of [() => host['constructor'], () => host.ping['constructor'], () => host.__proto__, () => host.settings['constructor']]) { try { got.push(climb(run())) } catch (error) { got.push(climb(error)) } }
    got`,
  ends: /nothing/,
} satisfies Attempt
