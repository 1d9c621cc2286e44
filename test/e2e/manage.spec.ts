import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import { expect, test } from './support/app-test.ts'
import { events, inspector, trace } from './support/use-app.ts'
import { choose, createNetwork, dialog, row, runContainer, turnTo } from './support/use-manager.ts'

const run = promisify(execFile)

const NETWORK = 'my-net'
const [FIRST, SECOND] = ['container100', 'container200']

/** From nothing to a trace by name, the trace that fails and says why, and back. */
async function workThrough(page: Page): Promise<void> {
  await turnTo(page, 'Manage')
  await createNetwork(page, NETWORK)
  await runContainer(page, FIRST, NETWORK)
  await runContainer(page, SECOND, NETWORK)

  await turnTo(page, 'Trace')
  await trace(page, { from: FIRST, to: SECOND })
  const outcome = page.getByText('reply returns')
  await expect(outcome).toBeVisible()

  await turnTo(page, 'Manage')
  await choose(page, SECOND, `Disconnect from ${NETWORK}…`)
  await expect(dialog(page)).toContainText(`docker network disconnect ${NETWORK} ${SECOND}`)
  const closes = dialog(page).getByRole('region', { name: 'Closes' })
  await expect(closes).toContainText(`${FIRST} → ${SECOND}`)
  await dialog(page).getByRole('button', { name: 'Disconnect', exact: true }).click()
  await expect(row(page, 'Containers', SECOND)).not.toContainText(NETWORK)

  await page.getByRole('button', { name: 'Trace again' }).click()
  await turnTo(page, 'Trace')
  const to = page.getByRole('combobox', { name: 'To' })
  await expect(to).toHaveAccessibleDescription(new RegExp(`${SECOND}.*has no address`))

  await turnTo(page, 'Manage')
  await page.locator('body').press('Control+z')
  await expect(row(page, 'Containers', SECOND)).toContainText(NETWORK)
  await turnTo(page, 'Trace')
  await to.press('Enter')
  // The trace of before is on show, and said to be of before, until this one has been made.
  await expect(page.getByRole('button', { name: 'Trace again' })).toBeHidden()
  await expect(to).not.toHaveAccessibleDescription(/has no address/)
  await expect(events(page).first()).toBeVisible()
  await expect(outcome).toBeVisible()
}

test.describe('in the sandbox', () => {
  test.use({ hostArgs: ['--sandbox', 'fresh-docker'] })

  test('a network, two containers, a trace by name, and what cutting one off does', { tag: '@launchers' }, async ({
    opened,
  }) => {
    const { page } = opened
    await workThrough(page)
    await turnTo(page, 'Manage')
    await row(page, 'Networks', NETWORK).click()
    await expect(inspector(page).getByRole('button', { name: 'Run a container in it…' })).toBeVisible()
    // Everything can be taken back, to the host as it was.
    for (const name of [SECOND, FIRST]) {
      await page.getByRole('button', { name: 'Undo', exact: true }).first().click()
      await expect(row(page, 'Containers', name)).toBeHidden()
    }
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click()
    await expect(row(page, 'Networks', NETWORK)).toBeHidden()
  })

  test('what is wrong stands at its field and loses nothing', async ({ opened }) => {
    const { page } = opened
    await turnTo(page, 'Manage')
    await page.getByRole('button', { name: 'Create a network' }).click()
    const name = dialog(page).getByLabel('Name', { exact: true })
    const subnet = dialog(page).getByLabel('Subnet', { exact: true })
    const gateway = dialog(page).getByLabel('Gateway', { exact: true })
    const create = dialog(page).getByRole('button', { name: 'Create', exact: true })
    await create.click()
    await expect(name).toHaveAccessibleDescription('Give the network a name.')
    await expect(name).toBeFocused()
    await name.fill('bridge')
    await expect(name).toHaveAccessibleDescription(/bridge/)
    await name.fill('net-x')
    await gateway.fill('172.17.0.9')
    await subnet.fill('172.30.0.0/33')
    await expect(subnet).toHaveAccessibleDescription('"172.30.0.0/33" is not a prefix (10.0.0.0/8).')
    await subnet.fill('172.17.0.0/16')
    await expect(subnet).toHaveAccessibleDescription(/overlaps/i)
    await create.click()
    await expect(dialog(page)).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(dialog(page)).toBeHidden()
    await page.getByRole('button', { name: 'Create a network' }).click()
    await expect(name).toHaveValue('net-x')
    await expect(gateway).toHaveValue('172.17.0.9')
  })
})

test('the same on a real engine', { tag: '@docker20' }, async ({ app, engine }) => {
  const docker = (...args: string[]) => run('docker', ['-H', `unix://${engine.socket}`, ...args])
  try {
    await workThrough(app)
    const { stdout } = await docker('network', 'inspect', '-f', '{{range .Containers}}{{.Name}} {{end}}', NETWORK)
    expect(stdout.trim().split(' ').toSorted()).toEqual([FIRST, SECOND])
    await turnTo(app, 'Manage')
    await app.getByRole('button', { name: 'Create a network' }).click()
    const name = dialog(app).getByLabel('Name', { exact: true })
    await name.fill(NETWORK)
    await expect(name).toHaveAccessibleDescription(/already exists/)
  } finally {
    await docker('rm', '-f', FIRST, SECOND).catch(() => undefined)
    await docker('network', 'rm', NETWORK).catch(() => undefined)
  }
})
