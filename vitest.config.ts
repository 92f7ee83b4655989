import { configDefaults, defineConfig } from 'vitest/config'

/**
 * Tests run natively: Node strips the types and resolves `@farhold/*` to the sources by the `source`
 * condition, exactly as in the workers that the tests spawn. Vite transforms nothing.
 */
const CONDITIONS = ['--conditions=source']

// Type tests are called experimental on every run; the version is pinned, so this is no news.
process.env.VITEST_DISABLE_EXPERIMENTAL_LOG = '1'

export default defineConfig({
  test: {
    reporters: ['minimal'],
    pool: 'forks',
    // As many files at once as there are cores, and not one less: most of them wait most of the time.
    maxWorkers: '100%',
    execArgv: CONDITIONS,
    experimental: { viteModuleRunner: false },
    testTimeout: 15_000,
    hookTimeout: 15_000,
    retry: 0,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'test',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, 'test/memory/**', 'test/hostile/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'memory',
          include: ['test/memory/**/*.test.ts'],
          execArgv: [...CONDITIONS, '--expose-gc'],
        },
      },
      {
        extends: true,
        // Takes as long as all the others together: `npm test` leaves it out, `npm run test:hostile` runs it.
        test: { name: 'hostile', include: ['test/hostile/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'examples', include: ['examples/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['packages/*/src/**/*.test-d.ts', 'test/**/*.test-d.ts'],
            tsconfig: './tsconfig.json',
            // Errors outside the type tests are the business of `npm run check`.
            ignoreSourceErrors: true,
          },
        },
      },
    ],
  },
})
