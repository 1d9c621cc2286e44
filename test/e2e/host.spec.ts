import { expect, test } from './support/app-test.ts'
import { takePictures } from './support/take-pictures.ts'
import { inspector, trace } from './support/use-app.ts'

test('the tree shows the networks and their containers, and is walked with the keyboard', {
  tag: ['@docker20', '@launchers'],
}, async ({ app }) => {
  const network = app.getByRole('treeitem', { name: /^.?\s*net-a/ })
  await expect(network).toContainText('172.18.0.0/16')
  await expect(network).toContainText('bridge · gateway 172.18.0.1')
  await expect(app.getByRole('treeitem', { name: /web/ })).toContainText('8080→80')
  await network.focus()
  await app.keyboard.press('ArrowRight')
  await app.keyboard.press('Enter')
  await expect(app.getByRole('combobox', { name: 'From' })).toHaveValue('a1')
  await expect(inspector(app)).toContainText('172.18.0.2')
  await app.keyboard.press('ArrowLeft')
  await app.keyboard.press('ArrowLeft')
  await expect(network).toHaveAttribute('aria-expanded', 'false')
})

test('a network that is selected shows its device, addresses and routes', async ({ app }) => {
  await app.getByRole('treeitem', { name: /net-a/ }).first().click()
  await expect(inspector(app)).toContainText('subnet')
  await expect(inspector(app)).toContainText('172.18.0.1/16')
  await expect(inspector(app)).toContainText('172.18.0.0/16 dev br-')
  await app.keyboard.press('Escape')
  await expect(inspector(app)).toContainText('Try one of these')
})

test('the help opens with ? and closes with Escape', async ({ app }) => {
  await app.keyboard.press('?')
  await expect(app.getByRole('dialog')).toContainText('Play or pause')
  await app.keyboard.press('Escape')
  await expect(app.getByRole('dialog')).toBeHidden()
})

test('light and dark, at two sizes, with nothing cut off the page', async ({ app }, info) => {
  await trace(app, { from: 'c1', to: 'facebook.com' })
  await app.getByRole('button', { name: 'Pause' }).click()
  await app.getByLabel('Filter events').fill('MASQUERADE')
  await app
    .getByRole('option', { name: /POSTROUTING/ })
    .last()
    .click()
  await app.getByLabel('Filter events').fill('')
  await takePictures(app, info, 'main', [app.locator('output.outcome')])
  await app.emulateMedia({ colorScheme: 'dark' })
  await expect(app.locator('body')).toHaveCSS('background-color', 'rgb(15, 19, 24)')
})

test.describe('with no engine', () => {
  test.use({ hostArgs: ['--docker-host', 'unix:///nonexistent/docker.sock'] })

  test('a sample host is shown, says so and how to see one’s own, and can be traced', { tag: '@launchers' }, async ({
    app,
  }) => {
    const banner = app.getByRole('note', { name: 'Sample host' })
    await expect(banner).toContainText('No Docker engine could be reached: this is a captured sample host.')
    await expect(banner).toContainText('/nonexistent/docker.sock')
    await trace(app, { from: 'c1', to: 'facebook.com' })
    await expect(app.locator('output.outcome')).toContainText('reply returns')
  })
})
