import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Gives back cycles through everything that can hold something.',
  source: 'own',
  guest: `
    const map = new Map(), set = new Set([map]), list = [set], error = new Error('x', { cause: map })
    map.set(map, list).set('self', error); set.add(set); list.push(list); error.self = error
    [map, set, list, error]`,
} satisfies Attempt
