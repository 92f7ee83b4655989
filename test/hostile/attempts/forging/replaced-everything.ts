import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Replaces every function of every built-in by one that throws what loops when it is looked at.',
  source: 'own',
  guest: `
    const names = Reflect.ownKeys(globalThis)
    const bad = function () { throw { get message() { for (;;); }, get stack() { for (;;); } } }
    const { ownKeys, defineProperty } = Reflect
    for (let i = 0; i < names.length; i++) {
      const value = globalThis[names[i]]
      if ((typeof value !== 'function' && typeof value !== 'object') || value === null || value === globalThis || value === host || names[i] === 'console') continue
      for (const object of [value, value.prototype]) {
        if (!object) continue
        const keys = ownKeys(object)
        for (let j = 0; j < keys.length; j++) { if (keys[j] !== 'constructor' && keys[j] !== 'prototype') { try { if (typeof object[keys[j]] === 'function') defineProperty(object, keys[j], { value: bad }) } catch {} } }
      }
    }
    host.ping()`,
} satisfies Attempt
