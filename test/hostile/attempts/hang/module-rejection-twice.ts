import type { Attempt } from '../../attempt.ts'

export default {
  technique:
    'Fails while its module is evaluated, with an error that loops again when it was stopped from looping.',
  source: 'isolated-vm: an error is copied out natively',
  guest: 'await 0; throw { get message() { for (;;); }, get stack() { for (;;); } }',
  enter: ['module'],
  needs: {
    contain: 'process',
    because:
      'isolated-vm copies what a module throws, getter by getter, and to be stopped in one does not keep it from the next: the caller is told, and the thread spins on',
  },
  alone: true,
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
