import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Constructs a class of the host with a new.target of its own.',
  source: 'own',
  guest: `
    const got = []
    const target = new Proxy(function () {}, { get(object, key) { if (key === 'prototype') got.push(climb(object)); return Reflect.get(object, key) } })
    for (const Class of [host.Ledger, host.ping, host.construct]) { try { got.push(climb(Reflect.construct(Class, [], target), Reflect.construct(Object, [], Class))) } catch (error) { got.push(climb(error)) } }
    got`,
  ends: /nothing/,
} satisfies Attempt
