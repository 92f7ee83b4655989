import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Looks at the meta properties of its module.',
  source: 'own',
  guest: `
    const found = []
    for (const key of Reflect.ownKeys(import.meta)) found.push(String(key), String(import.meta[key]))
    host.say(...found, typeof import.meta.resolve, climb(import.meta))
    export const keys = found`,
  enter: ['module'],
} satisfies Attempt
