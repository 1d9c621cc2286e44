import { expect, test } from './support/app-test.ts'
import { events, inspector } from './support/use-app.ts'

test('errors stand at their field, say what to do and lose nothing', { tag: '@launchers' }, async ({ app }) => {
  const from = app.getByRole('combobox', { name: 'From' })
  const to = app.getByRole('combobox', { name: 'To' })
  await app.getByRole('radio', { name: 'TCP' }).click()
  await from.fill('nobody')
  await app.getByLabel('Port', { exact: true }).fill('70000')
  await app.getByRole('button', { name: 'Trace' }).click()
  await expect(from).toHaveAccessibleDescription(/Nothing here is called “nobody”/)
  await expect(to).toHaveAccessibleDescription(/Say where the packet goes/)
  await expect(app.getByLabel('Port', { exact: true })).toHaveAccessibleDescription(/1 to 65535/)
  await expect(from).toBeFocused()
  await expect(from).toHaveValue('nobody')
  await expect(app.getByLabel('Port', { exact: true })).toHaveValue('70000')
  await from.fill('c1')
  await expect(from).not.toHaveAccessibleDescription(/Nothing here/)
})

test('a name that no resolver knows is an error at To', async ({ app }) => {
  await app.getByRole('combobox', { name: 'From' }).fill('c1')
  const to = app.getByRole('combobox', { name: 'To' })
  await to.fill('no-such-name.example')
  await to.press('Enter')
  await expect(to).toHaveAccessibleDescription(/no-such-name\.example/)
  await expect(to).toHaveValue('no-such-name.example')
})

test('the combobox completes with the keyboard and shows kind and address', async ({ app }) => {
  const from = app.getByRole('combobox', { name: 'From' })
  await from.pressSequentially('we')
  const option = app.getByRole('option', { name: /web/ }).first()
  await expect(option).toContainText('container')
  await expect(option).toContainText('172.17.0.4')
  await from.press('ArrowDown')
  await from.press('Enter')
  await expect(from).toHaveValue('web')
  await expect(app.getByRole('listbox', { name: 'From' })).toBeHidden()
})

test('a published port fills protocol and port', { tag: '@docker20' }, async ({ app }) => {
  await app.getByRole('combobox', { name: 'To' }).fill('18080')
  await app.getByRole('option', { name: /host:18080/ }).click()
  await expect(app.getByRole('combobox', { name: 'To' })).toHaveValue('host')
  await expect(app.getByRole('radio', { name: 'TCP' })).toBeChecked()
  await expect(app.getByLabel('Port', { exact: true })).toHaveValue('18080')
})

test('the start offers flows of this host, and one click traces', async ({ app }) => {
  await inspector(app)
    .getByRole('button', { name: /^c1 → facebook/ })
    .first()
    .click()
  await expect(events(app).first()).toBeVisible()
  await expect(app.getByRole('combobox', { name: 'From' })).toHaveValue('c1')
})
