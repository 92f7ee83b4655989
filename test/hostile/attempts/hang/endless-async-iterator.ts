import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Has the host wait for an item that never comes.',
  source: 'own',
  guest:
    '(async () => await host.take({ [Symbol.asyncIterator]() { return this }, next: () => new Promise(() => {}) }))()',
  enter: ['eval', 'wait'],
} satisfies Attempt
