import type { Page } from '@playwright/test'
import { expect, test } from './support/app-test.ts'
import { currentEvent, events, trace } from './support/use-app.ts'

test.use({ hostArgs: ['--sandbox', 'three-tiers'] })

/** The title of a step, with what is heard of its state. */
function step(page: Page, name: string) {
  return page.getByRole('button', { name })
}

function checks(page: Page) {
  return page.getByRole('list', { name: 'Checks' })
}

test('lab 2 in the sandbox, from its first command to its last trace', { tag: '@launchers' }, async ({
  opened: { page },
}) => {
  await page.getByRole('tab', { name: 'Labs' }).click()
  await expect(page.getByRole('button', { name: /^Start lab \d+ in the sandbox$/ })).toHaveCount(12)
  await expect(page.getByRole('button', { name: 'Start lab 2 on the Docker engine' })).toBeDisabled()
  await page.getByRole('button', { name: 'Start lab 2 in the sandbox' }).click()
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '0')
  await expect(checks(page)).toContainText('There is no container container1.')
  await page.getByRole('button', { name: /^Run docker run -d --name container1/ }).click()
  await expect(checks(page)).not.toContainText('There is no container container1.')
  await page.getByRole('button', { name: /^Run docker run -d --name container2/ }).click()
  await expect(step(page, 'Two containers, done')).toBeVisible()
  await page.getByRole('button', { name: 'Next: Ping by address' }).click()
  // The address is the one that the host gave.
  await page.getByRole('button', { name: 'Trace docker exec container1 ping -c 1 172.17.0.3' }).click()
  await expect(events(page).first()).toBeVisible()
  await expect(step(page, 'Ping by address, done')).toBeVisible()
  await page.getByRole('button', { name: 'Next: Ping by name' }).click()
  await page.getByRole('button', { name: 'Show a hint' }).click()
  await expect(page.getByText('that is the point')).toBeVisible()
  await page.getByRole('button', { name: /^Trace it: For container1 the name/ }).click()
  await page.getByRole('button', { name: 'Next: The gateway' }).click()
  await page.getByRole('button', { name: /^Trace it: A ping from container1 to docker0/ }).click()
  await expect(page.getByText('Done. You know how containers')).toBeVisible()
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '4')
  await page.getByRole('button', { name: 'End lab' }).click()
  await expect(page.getByRole('button', { name: 'Start lab 2 in the sandbox' })).toBeEnabled()
  await page.getByRole('tab', { name: 'Trace' }).click()
  await expect(page.getByRole('treeitem', { name: 'mongo' })).toBeVisible()
})

test('what was done is graded anew when it is undone', async ({ opened: { page } }) => {
  await page.getByRole('tab', { name: 'Labs' }).click()
  await page.getByRole('button', { name: 'Start lab 4 in the sandbox' }).click()
  await page.getByRole('button', { name: 'Run docker network create my-net' }).click()
  await expect(step(page, 'my-net, done')).toBeVisible()
  await page.getByRole('tab', { name: 'Manage' }).click()
  await page.getByRole('button', { name: /^Undo/ }).click()
  await page.getByRole('tab', { name: 'Labs' }).click()
  await expect(step(page, 'my-net, to do')).toBeVisible()
  await page.getByRole('button', { name: 'End lab' }).click()
  await expect(page.getByRole('button', { name: 'Start lab 4 in the sandbox' })).toBeEnabled()
})

test('the quiz shows what comes only once it was asked about', async ({ opened: { page } }) => {
  await trace(page, { from: 'flask', to: 'mongo' })
  await expect(page.getByText('reply returns')).toBeVisible()
  const all = await events(page).count()
  await page.getByRole('button', { name: 'Predict the next hop' }).click()
  const quiz = page.getByRole('region', { name: 'Predict the next hop' })
  await expect(quiz).toContainText('Question 1 of')
  await expect(page.getByText('reply returns')).toBeHidden()
  const seen = await events(page).count()
  expect(seen).toBeLessThan(all)
  await quiz.getByRole('listitem').first().getByRole('button').click()
  await expect(quiz).toContainText(/Right\.|Not so\./)
  await expect(events(page)).toHaveCount(seen + 1)
  await quiz.getByRole('button', { name: 'Next' }).click()
  await expect(quiz).toContainText('Question 2 of')
  await quiz.getByRole('button', { name: 'Show the whole trace' }).click()
  await expect(page.getByText('reply returns')).toBeVisible()
  await expect(currentEvent(page)).toBeVisible()
})
