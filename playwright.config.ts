import { defineConfig } from '@playwright/test'
import type { AppOptions } from './test/e2e/support/app-test.ts'

/** What the two generations of Docker do differently, and the app with it. */
const ON_DOCKER_20 = /@docker20/
/** What goes another way in a desktop app: its start, its port, its files; of every spec the first test at least. */
const ON_EACH_LAUNCHER = /@launchers/

/**
 * End-to-end tests, over real engines. Served to a browser, with Docker 28, every test runs. The renderer and the backend
 * are the same ones under each launcher, and traces of each generation are compared with its kernel by the live tests, so
 * that running every test everywhere would ask the same three times: the other projects run the tests with their tag. Two
 * workers, each with engines of its own. The Electron project is skipped, with the reason, where Electron's runtime is not
 * installed.
 */
export default defineConfig<object, AppOptions>({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  globalSetup: './test/e2e/support/global-setup.ts',
  workers: 2,
  forbidOnly: true,
  // Bounds for a machine that has much else to do, and no measure of anything.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    trace: 'off',
  },
  projects: [
    { name: 'browser, Docker 28', use: { launcher: 'browser', generation: '28' } },
    { name: 'browser, Docker 20', grep: ON_DOCKER_20, use: { launcher: 'browser', generation: '20' } },
    { name: 'Electron double, Docker 28', grep: ON_EACH_LAUNCHER, use: { launcher: 'double', generation: '28' } },
    { name: 'Electron, Docker 28', grep: ON_EACH_LAUNCHER, use: { launcher: 'electron', generation: '28' } },
  ],
})
