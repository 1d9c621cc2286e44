import { defineConfig } from '@playwright/test'
import type { AppOptions } from './test/e2e/support/app-test.ts'

/**
 * End-to-end tests: the same specs over the launchers of the app. One worker, since the engines are real and shared and
 * the machine is small. The Electron project runs where Electron's runtime is installed and is skipped with the reason
 * where it is not.
 */
export default defineConfig<object, AppOptions>({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  globalSetup: './test/e2e/support/global-setup.ts',
  workers: 1,
  forbidOnly: true,
  timeout: 60_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    launchOptions: { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
    viewport: { width: 1440, height: 900 },
    actionTimeout: 10_000,
    trace: 'off',
  },
  projects: [
    { name: 'browser, Docker 28', use: { launcher: 'browser', generation: '28' } },
    { name: 'browser, Docker 20', use: { launcher: 'browser', generation: '20' } },
    { name: 'Electron double, Docker 28', use: { launcher: 'double', generation: '28' } },
    { name: 'Electron, Docker 28', use: { launcher: 'electron', generation: '28' } },
  ],
})
