import type { Attempt } from '../../attempt.ts'

export default {
  technique: 'Imports modules that import each other, and wait for each other.',
  source: 'own',
  guest: `import { b } from 'b'; export const a = () => b; export const t = await b()`,
  enter: ['module'],
  options: {
    modules: {
      b: "import { c } from 'c'; export const b = () => c(); await 0",
      c: "import { b } from 'b'; export const c = () => b(); await 0",
    },
  },
} satisfies Attempt
