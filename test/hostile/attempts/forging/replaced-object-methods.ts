import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Replaces the methods of Object that a runtime looks at values with.',
  source: 'own',
  guest: `
    const { ownKeys } = Reflect
    for (const key of ownKeys(Object)) { if (typeof Object[key] === 'function' && key !== 'prototype') { try { Object[key] = () => host } catch {} } }
    host.echo({ a: 1 })`,
} satisfies Attempt
