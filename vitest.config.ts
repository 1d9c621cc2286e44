import { defineConfig } from 'vitest/config'

/** Unit and golden tests run in parallel; live tests share real engines and run one file after another. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,protocol,backend,cli,renderer,main,preload,project}/**/*.test.{ts,tsx}'],
          environment: 'node',
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      { test: { name: 'golden', include: ['test/golden/**/*.test.ts'], environment: 'node' } },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'test/lab/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
})
