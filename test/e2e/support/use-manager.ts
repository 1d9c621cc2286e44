import { expect, type Locator, type Page } from '@playwright/test'

/** The dialog that is open. */
export function dialog(page: Page): Locator {
  return page.getByRole('dialog')
}

/** Turns to a tab of the left column. */
export async function turnTo(page: Page, name: 'Trace' | 'Manage'): Promise<void> {
  await page.getByRole('tab', { name }).click()
}

/** A row of one of the manager's lists. */
export function row(page: Page, list: 'Networks' | 'Containers' | 'Images', name: string): Locator {
  return page.getByRole('list', { name: list }).getByRole('button', { name: new RegExp(`^${name}\\b`) })
}

/** Chooses a line of a row's menu. */
export async function choose(page: Page, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** Creates a network that gets its subnet from Docker. */
export async function createNetwork(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Create a network' }).click()
  await dialog(page).getByLabel('Name', { exact: true }).fill(name)
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click()
  await expect(row(page, 'Networks', name)).toBeVisible()
}

/** Runs a container that sleeps. */
export async function runContainer(page: Page, name: string, network: string): Promise<void> {
  await page.getByRole('button', { name: 'Run a container', exact: true }).click()
  await dialog(page).getByLabel('Image', { exact: true }).fill('busybox:local')
  await dialog(page).getByLabel('Name', { exact: true }).fill(name)
  await dialog(page).getByLabel('Network', { exact: true }).selectOption(network)
  await dialog(page).getByLabel('Command', { exact: true }).fill('sleep 600')
  await dialog(page).getByRole('button', { name: 'Run', exact: true }).click()
  await expect(row(page, 'Containers', name)).toBeVisible()
}
