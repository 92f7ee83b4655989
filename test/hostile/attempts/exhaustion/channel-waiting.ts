import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Asks for an item of an empty channel again and again without waiting.',
  source: 'own',
  guest: `Promise.allSettled(Array.from({ length: 20000 }, () => host.post.receiver.receive()))
  .then((all) => all.find(({ reason }) => reason)?.reason.code)`,
  enter: ['eval'],
  options: { wallTimeout: 3000 },
  ends: /^(value "FARHOLD_LIMIT_EXCEEDED"|error FARHOLD_CALL_TIMEOUT|error FARHOLD_LIMIT_EXCEEDED)$/,
} satisfies Attempt
