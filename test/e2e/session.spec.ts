import { expect, test } from './support/app-test.ts'
import { startServe } from './support/launch-browser.ts'
import { events, lanes, setLive, trace } from './support/use-app.ts'

test(
  'a session is saved as one file, and opened where there is no Docker',
  { tag: '@launchers' },
  async ({ app, browser }, info) => {
    await trace(app, { from: 'c1', to: 'web', protocol: 'TCP', port: 80 })
    await setLive(app, true)
    await app.getByRole('combobox', { name: 'To' }).press('Enter')
    await expect(lanes(app)).toBeVisible({ timeout: 30_000 })
    await app.getByRole('tab', { name: 'Session' }).click()
    await expect(app.getByRole('button', { name: /c1 > web.*live trace/ }).last()).toBeVisible()
    const [download] = await Promise.all([
      app.waitForEvent('download'),
      app.getByRole('button', { name: 'Save the session…' }).click(),
    ])
    const file = info.outputPath(download.suggestedFilename())
    await download.saveAs(file)

    const server = await startServe(['--snapshot', file])
    const context = await browser.newContext({ storageState: server.storageState })
    try {
      const page = await context.newPage()
      await page.goto(server.url)
      await page.getByRole('tab', { name: 'Session' }).click()
      await page
        .getByRole('button', { name: /c1 > web.*prediction/ })
        .last()
        .click()
      await expect(events(page).first()).toBeVisible()
      await expect(lanes(page)).toBeHidden()
      await page
        .getByRole('button', { name: /c1 > web.*live trace/ })
        .last()
        .click()
      await expect(lanes(page)).toContainText('The kernel did what was predicted.')
      await page.screenshot({ path: info.outputPath('session.png') })
    } finally {
      await context.close()
      await server.close()
    }
  },
)
