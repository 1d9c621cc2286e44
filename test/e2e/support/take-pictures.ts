import { expect, type Locator, type Page, type TestInfo } from '@playwright/test'

const SIZES = [
  [1280, 800],
  [1920, 1080],
] as const

/**
 * Shows the page at two sizes: nothing may be wider than the window, and what `inSight` names must be seen whole. Pictures
 * of both, light and dark, are left for people in the test's folder; the first project's serve for all.
 */
export async function takePictures(
  page: Page,
  info: TestInfo,
  name: string,
  inSight: readonly Locator[] = [],
): Promise<void> {
  const isFirst = info.project.name === info.config.projects[0]?.name
  for (const [width, height] of SIZES) {
    await page.setViewportSize({ width, height })
    for (const colorScheme of isFirst ? (['light', 'dark'] as const) : []) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: info.outputPath(`${name}-${colorScheme}-${width}x${height}.png`) })
    }
    const overflow = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    await expect.poll(overflow).toBe(0)
    for (const part of inSight) await expect(part).toBeInViewport({ ratio: 1 })
  }
}
