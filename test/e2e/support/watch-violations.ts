import type { Page } from '@playwright/test'

/** Returns a list that grows with everything that goes wrong in the page: script errors, breaches of its policy. */
export function watchViolations(page: Page): readonly string[] {
  const violations: string[] = []
  page.on('pageerror', (error) => violations.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') violations.push(`console: ${message.text()}`)
  })
  return violations
}
