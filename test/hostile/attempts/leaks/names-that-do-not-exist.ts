import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks for names that do not exist for a peer, by every operation.',
  source: 'own',
  guest: `
    const got = []
    for (const target of [host, host.ping, host.ledger, host.Ledger]) {
      for (const name of ['constructor', '__proto__', 'prototype', 'caller', 'callee', 'arguments', '__defineGetter__', '__lookupSetter__']) {
        for (const look of [() => target[name], () => name in target, () => Object.hasOwn(target, name), () => Reflect.getOwnPropertyDescriptor(target, name), () => Reflect.ownKeys(target).includes(name), () => host.call(() => target[name])]) {
          try { const found = look(); if (found && typeof found === 'object') got.push(climb(found)) } catch (error) { got.push(climb(error)) }
        }
      }
    }
    [...new Set(got)]`,
  ends: /^value /,
} satisfies Attempt
