import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Throws an error with a cause that has a cause, and so on without end.',
  source: 'own',
  guest: `
    let error = new Error('0')
    for (let n = 0; n < 20000; n++) error = new Error('x', { cause: error })
    throw error`,
} satisfies Attempt
