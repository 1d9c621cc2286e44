import { expect, test } from './support/app-test.ts'
import { currentEvent, events, header, inspector, scrubberAt, trace } from './support/use-app.ts'

test.describe('a ping from a container to the internet', () => {
  test.beforeEach(async ({ app }) => {
    await trace(app, { from: 'c1', to: 'facebook.com' })
  })

  test('plays by itself and ends with the reply', { tag: '@launchers' }, async ({ app }) => {
    await expect(app.getByRole('button', { name: 'Pause' })).toBeVisible()
    const before = await scrubberAt(app)
    await expect.poll(() => scrubberAt(app)).toBeGreaterThan(before)
    await expect(app.locator('output.outcome')).toContainText('reply returns')
    // It goes on from where the scrubber was moved: near the end there is little left to wait for. Until then it is slow.
    await app.getByRole('combobox', { name: 'Speed' }).selectOption('0.25')
    const slider = app.getByRole('slider')
    const box = await slider.boundingBox()
    if (box === null) throw new Error('the scrubber is not on the page')
    await app.mouse.click(box.x + box.width * 0.9, box.y + box.height / 2)
    await app.getByRole('combobox', { name: 'Speed' }).selectOption('8')
    await expect(app.getByRole('button', { name: 'Play' })).toBeVisible()
    await expect(slider).toHaveAttribute('aria-valuenow', (await slider.getAttribute('aria-valuemax')) ?? '')
    await expect(inspector(app).getByText('reply', { exact: false }).first()).toBeVisible()
  })

  test('shows the container’s address become the host’s at the NIC', { tag: '@docker20' }, async ({ app, engine }) => {
    await app.getByLabel('Filter events').fill('MASQUERADE POSTROUTING')
    await events(app).last().click()
    await expect(header(app, 'ip.src')).toContainText('172.17.0.2')
    await expect(header(app, 'ip.src').locator('ins')).toHaveText(engine.address)
    await expect(inspector(app)).toContainText('-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE')
    await app.getByLabel('Filter events').fill('ens5 out')
    await events(app).last().click()
    await expect(header(app, 'ip.src')).toContainText(engine.address)
    await expect(header(app, 'ip.src')).not.toContainText('172.17.0.2')
    await expect(header(app, 'ip.dst')).toContainText('203.0.113.80')
  })

  test('moves by step, by hop and to the ends from the keyboard', async ({ app }) => {
    await app.getByRole('button', { name: 'Pause' }).click()
    await app.getByRole('heading', { name: 'Events' }).click()
    await app.keyboard.press('Home')
    await expect(currentEvent(app)).toHaveAttribute('id', 'event-0')
    await app.keyboard.press('ArrowRight')
    await expect(currentEvent(app)).toHaveAttribute('id', 'event-1')
    await app.keyboard.press('ArrowLeft')
    await expect(currentEvent(app)).toHaveAttribute('id', 'event-0')
    await app.keyboard.press('Shift+ArrowRight')
    await expect(inspector(app)).toContainText('Hop 2 of')
    await app.keyboard.press('End')
    const count = await events(app).count()
    await expect(currentEvent(app)).toHaveAttribute('id', `event-${count - 1}`)
    await expect(currentEvent(app)).toBeInViewport()
  })

  test('can be scrubbed both ways, and list and inspector follow', async ({ app }) => {
    await app.getByRole('button', { name: 'Pause' }).click()
    const slider = app.getByRole('slider')
    const box = await slider.boundingBox()
    if (box === null) throw new Error('the scrubber is not on the page')
    const y = box.y + box.height / 2
    await app.mouse.move(box.x + box.width * 0.2, y)
    await app.mouse.down()
    await app.mouse.move(box.x + box.width * 0.8, y, { steps: 5 })
    const middle = Number(await slider.getAttribute('aria-valuemax')) / 2
    await expect.poll(() => scrubberAt(app)).toBeGreaterThan(middle)
    const farEvent = await currentEvent(app).getAttribute('id')
    await app.mouse.move(box.x + box.width * 0.4, y, { steps: 5 })
    await app.mouse.up()
    await expect.poll(() => scrubberAt(app)).toBeLessThan(middle)
    await expect(currentEvent(app)).not.toHaveAttribute('id', farEvent ?? '')
    await expect(currentEvent(app)).toBeInViewport()
  })

  test('leaves the keys to a field that is typed in', async ({ app }) => {
    await app.getByRole('button', { name: 'Pause' }).click()
    const before = await scrubberAt(app)
    const filter = app.getByLabel('Filter events')
    await filter.fill('')
    await filter.pressSequentially('a b?')
    await filter.press('Home')
    await expect(filter).toHaveValue('a b?')
    expect(await scrubberAt(app)).toBe(before)
    await expect(app.getByRole('dialog')).toBeHidden()
  })
})
