import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/support/longest-first.ts'

/** Nobody's settings are read or changed, and nobody is asked about the helper. */
const ownSettings = { XDG_CONFIG_HOME: resolve('.cache/test/config') }
const onEngines = { ...ownSettings, HOPWIRE_HELPER: 'allow' }

/** What the lab could not make is made once more: a hook may need each of its time limits (PATIENCE_MS of test/lab) twice. */
const HOOK_TIMEOUT = 900_000

/**
 * Files run side by side. Each live file starts engines of its own in namespaces of its own, and waits most of its time
 * (for neighbours and servers that do not answer), so more of them fit on two cores than there are cores.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{core,protocol,backend,cli,renderer,main,preload,project}/**/*.test.{ts,tsx}'],
          environment: 'node',
          env: ownSettings,
          // Some run a compiler, or thousands of random cases: on a busy machine that takes its time.
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['test/scenarios/**/*.test.ts'],
          environment: 'node',
          env: onEngines,
          globalSetup: 'test/lab/prepare-images.ts',
          testTimeout: 300_000,
          hookTimeout: HOOK_TIMEOUT,
        },
      },
      { test: { name: 'golden', include: ['test/golden/**/*.test.ts'], environment: 'node' } },
      {
        test: {
          name: 'live',
          include: ['test/live/**/*.test.ts', 'test/lab/**/*.test.ts'],
          environment: 'node',
          env: onEngines,
          globalSetup: 'test/lab/prepare-images.ts',
          testTimeout: 300_000,
          hookTimeout: HOOK_TIMEOUT,
        },
      },
    ],
  },
})
