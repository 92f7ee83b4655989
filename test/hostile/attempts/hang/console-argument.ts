import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Prints objects that loop when they are looked at.',
  source: 'own',
  guest:
    'console.log({ get a() { for (;;); }, toString() { for (;;); }, [Symbol.for("nodejs.util.inspect.custom")]() { for (;;); } }); 1',
  ends: /^error FARHOLD_CALL_TIMEOUT$/,
} satisfies Attempt
