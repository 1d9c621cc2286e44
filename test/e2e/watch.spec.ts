import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './support/app-test.ts'
import { takePictures } from './support/take-pictures.ts'
import { events, header, inspector } from './support/use-app.ts'
import { startWgetLoop } from './support/wget-loop.ts'

const run = promisify(execFile)

test.describe('watching a wget loop', () => {
  let stopLoop: () => Promise<void> = async () => undefined

  test.beforeEach(async ({ app, engine }) => {
    // The address of the web server on docker0, and the one on the internet behind the host's own.
    stopLoop = await startWgetLoop(engine, 'c1', ['http://172.17.0.4/', 'http://203.0.113.80/'])
    await watch(app, 'container c1', 'tcp port 80')
    // Both ways: a test that pauses or ends the watch sees no more than has come by then.
    await expect(flows(app).filter({ hasText: 'web' }).first()).toBeVisible({ timeout: 30_000 })
    await expect(flows(app).filter({ hasText: '203.0.113.80:80' }).first()).toBeVisible({ timeout: 30_000 })
  })

  test.afterEach(async ({ app }) => {
    await stopLoop()
    await app.getByRole('tab', { name: 'Watch' }).click()
    const forget = app.getByRole('button', { name: /^Forget/ })
    while ((await forget.count()) > 0) {
      const before = await forget.count()
      await forget.first().click()
      await expect(forget).toHaveCount(before - 1)
    }
  })

  test(
    'lists its flows with names and translation, and moves them on the picture',
    { tag: ['@docker20', '@launchers'] },
    async ({ app, engine }, info) => {
      const local = flows(app)
        .filter({ hasText: /web\s+172\.17\.0\.4:80/ })
        .first()
      await expect(local).toContainText(/c1\s+172\.17\.0\.2:\d+/)
      await expect(local).toContainText('TCP')
      const outbound = flows(app).filter({ hasText: '203.0.113.80:80' }).first()
      await expect(outbound).toContainText(new RegExp(`172\\.17\\.0\\.2:\\d+ → ${engine.address}:\\d+`))
      await expect.poll(() => paintedPixels(app)).toBeGreaterThan(50)
      await takePictures(app, info, 'watching', inBar(app))
    },
  )

  test('sorts by its headings with the keyboard, and filters by what it shows', async ({ app }) => {
    const heading = app.getByRole('columnheader', { name: 'Packets' })
    await heading.getByRole('button').focus()
    await app.keyboard.press('Enter')
    await expect(heading).toHaveAttribute('aria-sort', 'descending')
    await expect(app.getByRole('columnheader', { name: 'Age' })).toHaveAttribute('aria-sort', 'none')
    await app.getByRole('button', { name: 'Pause', exact: true }).click()
    const counts = await flows(app).locator('td:nth-child(4)').allTextContents()
    const numbers = counts.map((text) => Number(text.replaceAll(',', '')))
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    await app.getByLabel('Filter flows').fill('203.0.113.80')
    await expect(flows(app).filter({ hasText: 'web' })).toHaveCount(0)
    await expect(flows(app).first()).toContainText('203.0.113.80')
    await app.getByLabel('Filter flows').fill('no such thing')
    await expect(app.getByText(/No flow matches/)).toBeVisible()
  })

  test('is paused, and stepped through packet by packet', async ({ app }, info) => {
    await app.getByRole('button', { name: 'Pause', exact: true }).click()
    await expect(app.getByRole('button', { name: 'Resume' })).toBeVisible()
    await app.getByRole('button', { name: /^Packets \d/ }).click()
    const current = app.getByRole('grid', { name: 'Packets kept' }).locator('tr[aria-selected="true"]')
    await app.keyboard.press('End')
    // It has its place in the list before it has been fetched.
    await expect(current).toContainText('TCP')
    const last = await current.textContent()
    await app.keyboard.press('ArrowLeft')
    await expect(current).not.toHaveText(last ?? '')
    await app.keyboard.press('ArrowRight')
    await expect(current).toHaveText(last ?? '')
    await app.keyboard.press('Home')
    await expect(app.locator('.watch-place')).toHaveText(/^1 of /)
    await expect(header(app, 'ip.ttl')).toContainText(/\d/)
    await expect(inspector(app)).toContainText(/eth0 in container:c1|in host/)
    await takePictures(app, info, 'packet', inBar(app))
    await app.getByRole('grid', { name: 'Packets kept' }).focus()
    await app.keyboard.press('Space')
    await expect(app.locator('.watch-place')).not.toHaveText(/^1 of /)
    await app.getByRole('button', { name: 'Resume' }).click()
    await expect(app.locator('.watch-title').getByRole('status')).toHaveText('running')
  })

  test('a flow is traced as it is, its source port too', { tag: '@docker20' }, async ({ app }) => {
    const row = flows(app).filter({ hasText: '203.0.113.80:80' }).first()
    // While the pointer is among them, rows stay where they are: those that come wait.
    await row.hover()
    await expect(app.getByText('until the pointer leaves the rows')).toBeVisible()
    const port = /172\.17\.0\.2:(\d+)/.exec((await row.locator('td').first().textContent()) ?? '')?.[1]
    await row.click()
    await expect(inspector(app)).toContainText('who began')
    await inspector(app).getByRole('button', { name: 'Trace this flow' }).click()
    await expect(events(app).first()).toBeVisible()
    await expect(app.getByRole('combobox', { name: 'From' })).toHaveValue('172.17.0.2')
    await expect(app.getByRole('combobox', { name: 'To' })).toHaveValue('203.0.113.80')
    await expect(app.getByLabel('Port', { exact: true })).toHaveValue('80')
    await expect(app.getByText(`Source port ${port}`)).toBeVisible()
    await expect(header(app, 'tcp.srcport')).toContainText(String(port))
  })

  test('is exported for Wireshark, which opens it without a warning', { tag: '@launchers' }, async ({ app }, info) => {
    const file = await exportWatch(app, info.outputPath('watched.pcapng'))
    const { stdout, stderr } = await run('tshark', ['-r', file, '-T', 'fields', '-e', 'tcp.dstport'])
    expect(stderr.replace(/^Running as user "root".*$/m, '').trim()).toBe('')
    expect(stdout.split('\n').filter((line) => line === '80').length).toBeGreaterThan(3)
    const summary = await run('capinfos', [file])
    expect(summary.stderr).toBe('')
    expect(summary.stdout).toContain('container:c1/eth0')
    expect(summary.stdout).toContain('host/docker0')
  })

  test('is imported as it was exported, and replayed on the picture', { tag: '@launchers' }, async ({ app }, info) => {
    const file = await exportWatch(app, info.outputPath('watched.pcapng'))
    await app.locator('input[type="file"]').setInputFiles(file)
    await expect(app.locator('.watch-title')).toContainText('watched.pcapng')
    await app.getByRole('button', { name: 'Notes' }).click()
    await expect(app.getByRole('group', { name: 'About this watch' })).toContainText('Found on this host')
    await app.getByRole('button', { name: /^Flows \d/ }).click()
    await expect(flows(app).filter({ hasText: 'web' }).first()).toBeVisible()
    await app.getByRole('button', { name: 'Replay the packets (space)' }).click()
    await expect.poll(() => paintedPixels(app)).toBeGreaterThan(50)
    await takePictures(app, info, 'replay', inBar(app))
  })
})

test('a filter that does not compile says so at its place, and what was typed stays', async ({ app }, info) => {
  const field = app.getByLabel('Filter', { exact: true })
  await watch(app, 'host', 'tcp prot 80')
  await expect(field).toHaveAttribute('aria-invalid', 'true')
  await expect(field).toBeFocused()
  await expect(field).toHaveValue('tcp prot 80')
  await expect(field).toHaveAccessibleDescription(/syntax error/i)
  await app.screenshot({ path: info.outputPath('filter-error.png') })
  await field.fill('tcp port 80')
  await expect(field).toHaveAttribute('aria-invalid', 'false')
})

test('a node of the picture is watched with one press', async ({ app }) => {
  await app.locator('[data-box="container:container:web"]').click()
  await inspector(app).getByRole('button', { name: 'Watch container web' }).click()
  await expect(app.locator('.watch-title')).toContainText('container web', { timeout: 30_000 })
  await app.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(app.locator('.watch-title').getByRole('status')).toHaveText('ended')
  await app.getByRole('button', { name: /^Forget/ }).click()
  await expect(app.getByText('Nothing is watched yet.')).toBeVisible()
})

test.describe('with no engine', () => {
  test.use({ hostArgs: ['--docker-host', 'unix:///nonexistent/docker.sock'] })

  test('nothing can be watched, and why is said; captures can be opened', async ({ app }) => {
    await app.getByRole('tab', { name: 'Trace' }).focus()
    await app.keyboard.press('ArrowRight')
    await expect(app.getByRole('tab', { name: 'Watch' })).toBeFocused()
    const button = app.getByRole('button', { name: 'Watch', exact: true })
    await expect(button).toHaveAttribute('aria-disabled', 'true')
    await expect(button).toHaveAccessibleDescription(/the sample host has no traffic/)
    await expect(app.getByText('Nothing is watched yet.')).toBeVisible()
    await expect(app.getByRole('button', { name: 'Import a capture…' })).toBeEnabled()
  })
})

/** The rows of the table of flows. */
function flows(page: Page): Locator {
  return page.getByRole('grid', { name: 'Flows' }).locator('tr.flow')
}

/** Asks for a watch with Enter, as a user would. */
async function watch(page: Page, target: string, filter: string): Promise<void> {
  await page.getByRole('tab', { name: 'Watch' }).click()
  await page.getByRole('combobox', { name: 'What' }).fill(target)
  await page.getByLabel('Filter', { exact: true }).fill(filter)
  await page.getByLabel('Filter', { exact: true }).press('Enter')
}

/** Ends the watch and saves what it kept: of several connections, with the pauses between them. */
async function exportWatch(page: Page, file: string): Promise<string> {
  await expect(page.getByRole('button', { name: /^Packets (\d{3}|\d+,)/ })).toBeVisible({ timeout: 30_000 })
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/\.pcapng$/)
  await download.saveAs(file)
  return file
}

/** How many pixels of the canvas over the picture have something on them. */
function paintedPixels(page: Page): Promise<number> {
  return page.locator('canvas.packet-overlay').evaluate((element) => {
    const canvas = element as HTMLCanvasElement
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
    let painted = 0
    for (let index = 3; index < data.length; index += 4) if ((data[index] ?? 0) > 0) painted++
    return painted
  })
}

/** What the bar over the flows always shows. */
function inBar(page: Page): readonly Locator[] {
  return [page.locator('.watch-title'), page.getByRole('button', { name: 'Export' })]
}
