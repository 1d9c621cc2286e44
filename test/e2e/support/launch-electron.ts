import { fileURLToPath } from 'node:url'
import { _electron, type Page } from '@playwright/test'
// @ts-expect-error the build scripts are plain JavaScript without types
import { findElectron } from '../../../scripts/find-electron.mjs'
import { watchViolations } from './watch-violations.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Why the Electron launcher cannot be used on this machine, or null. */
export function whyNoElectron(): string | null {
  return findElectron(ROOT) === null ? 'Electron’s runtime is not installed (its download was not to be had)' : null
}

/** Opens the built app on Electron itself. */
export async function launchElectron(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{
  readonly page: Page
  readonly violations: readonly string[]
  close(): Promise<void>
}> {
  const executablePath = findElectron(ROOT)
  if (executablePath === null) throw new Error(whyNoElectron() ?? '')
  const app = await _electron.launch({ executablePath, args: ['--no-sandbox', ROOT, ...args], env: withoutGaps(env) })
  const page = await app.firstWindow()
  const violations = watchViolations(page)
  return { page, violations, close: () => app.close() }
}

function withoutGaps(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
