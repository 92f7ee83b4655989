import type { Attempt } from '../../attempt.ts'

export default {
  technique: "Throws errors that are each other's cause, and collect themselves.",
  source: 'own',
  guest: `
    const one = new AggregateError([], 'one'), two = new Error('two', { cause: one })
    one.cause = two
    one.errors.push(one, two)
    throw one`,
} satisfies Attempt
