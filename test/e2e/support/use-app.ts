import { expect, type Locator, type Page } from '@playwright/test'

/** What is asked in the form. */
export interface Question {
  readonly from: string
  readonly to: string
  readonly protocol?: 'ICMP' | 'TCP' | 'UDP'
  readonly port?: number
}

/** Fills the form and traces with Enter, as a user would, and waits for the answer's first event. */
export async function trace(page: Page, question: Question): Promise<void> {
  await page.getByRole('radio', { name: question.protocol ?? 'ICMP' }).click()
  if (question.port !== undefined) await page.getByLabel('Port', { exact: true }).fill(String(question.port))
  await page.getByRole('combobox', { name: 'From' }).fill(question.from)
  await page.getByRole('combobox', { name: 'To' }).fill(question.to)
  await page.getByRole('combobox', { name: 'To' }).press('Enter')
  await expect(events(page).first()).toBeVisible()
}

/** Switches Live on or off. */
export async function setLive(page: Page, on: boolean): Promise<void> {
  const live = page.getByRole('switch', { name: 'Live' })
  if ((await live.getAttribute('aria-checked')) !== String(on)) await live.click()
  await expect(live).toHaveAttribute('aria-checked', String(on))
}

/** Both lanes of a live trace, with their verdict. */
export function lanes(page: Page): Locator {
  return page.getByRole('region', { name: 'Predicted and observed' })
}

/** Waits until the lanes say that the kernel did what was predicted, and everything could be watched for it. */
export async function expectAsPredicted(page: Page): Promise<void> {
  const verdict = lanes(page).locator('.lanes-verdict')
  await expect(verdict).toBeVisible()
  const lacking = verdict.locator('.lanes-lacks')
  // What was lacking first: it is why the rest was not seen.
  expect(await lacking.evaluateAll((all) => all.map((one) => one.getAttribute('title')))).toEqual([])
  await expect(verdict).toContainText('The kernel did what was predicted.')
}

/** The rows of the event list. */
export function events(page: Page): Locator {
  return page.getByRole('listbox', { name: 'Steps in time order' }).getByRole('option')
}

/** The row of the playhead. */
export function currentEvent(page: Page): Locator {
  return page.locator('.event[aria-selected="true"]')
}

/** The inspector at the right. */
export function inspector(page: Page): Locator {
  return page.getByRole('complementary', { name: 'Inspector' })
}

/** One row of the headers table, by the field's name. */
export function header(page: Page, field: string): Locator {
  return inspector(page)
    .getByRole('table', { name: 'Headers' })
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: field, exact: true }) })
}

/** The position of the scrubber, in units of the timeline. */
export async function scrubberAt(page: Page): Promise<number> {
  return Number(await page.getByRole('slider').getAttribute('aria-valuenow'))
}
