import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back an object that grows while it is looked at.',
  source: 'own',
  guest: `
    const list = []
    const grow = () => { if (list.length < 1e5) { Object.defineProperty(list, list.length, { enumerable: true, configurable: true, get: grow }) } return list.length }
    Object.defineProperty(list, 0, { enumerable: true, configurable: true, get: grow })
    list`,
} satisfies Attempt
