import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expect, type Opened, startOwnApp, test as base } from './support/app-test.ts'
import { whyNoElectron } from './support/launch-electron.ts'
import { takePictures } from './support/take-pictures.ts'
import { events, expectAsPredicted, inspector, setLive, trace } from './support/use-app.ts'

interface Fixtures {
  /** Starts the app as somebody does whose settings are in one folder, which is empty at first. */
  readonly start: () => Promise<Page>
  /** Ends the app that was started last. */
  readonly stop: () => Promise<void>
  /** How many helpers the engine has made since the test began. */
  readonly helpers: () => Promise<number>
}

const test = base.extend<Fixtures & { readonly running: { app: Opened | null } }>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- the runner reads a fixture's needs from its pattern
  running: async ({}, use) => use({ app: null }),
  start: async ({ launcher, browser, engine, viewport, running }, use, info) => {
    const missing = launcher === 'electron' ? whyNoElectron() : null
    info.skip(missing !== null, missing ?? '')
    const folder = mkdtempSync(join(tmpdir(), 'hopwire-consent-'))
    const env = { XDG_CONFIG_HOME: folder, HOPWIRE_HELPER: '' }
    await use(async () => {
      running.app = await startOwnApp(launcher, browser, ['--docker-host', `unix://${engine.socket}`], env)
      if (viewport !== null) await running.app.page.setViewportSize(viewport)
      return running.app.page
    })
    await running.app?.close()
    rmSync(folder, { recursive: true })
  },
  stop: async ({ running }, use) =>
    use(async () => {
      expect(running.app?.violations, 'errors and policy breaches in the page').toEqual([])
      await running.app?.close()
      running.app = null
    }),
  helpers: async ({ engine }, use) => {
    const since = Math.floor(Date.now() / 1000)
    await use(async () => {
      const filters = JSON.stringify({ event: ['create'], label: ['io.hopwire.probe'] })
      const until = Math.floor(Date.now() / 1000) + 1
      const path = `/events?since=${since}&until=${until}&filters=${encodeURIComponent(filters)}`
      return (await fetchText(engine.socket, path)).split('\n').filter((line) => line !== '').length
    })
  },
})

test(
  'is asked for once; refused, all but live works from the API alone; later it can be allowed',
  { tag: ['@docker20', '@launchers'] },
  async ({ start, stop, helpers }, info) => {
    test.setTimeout(180_000)
    const first = await start()
    await expect(question(first)).toBeVisible()
    await expect(question(first)).toContainText('NET_ADMIN')
    await expect(question(first).getByRole('heading')).toBeFocused()
    await staysInside(first)
    await takePictures(first, info, 'question')
    await first.keyboard.press('Escape')
    await expect(question(first)).toBeHidden()
    await expect(first.getByRole('button', { name: 'Helper: not answered' })).toBeVisible()
    await expect(first.getByRole('treeitem', { name: 'c1' })).toBeVisible()
    await expect(note(first)).toContainText('has not been allowed')

    await first.getByRole('button', { name: 'Helper: not answered' }).press('Enter')
    await question(first).getByRole('button', { name: 'Refuse' }).press('Enter')
    await expect(first.getByRole('button', { name: 'Helper: refused' })).toBeVisible()
    await worksWithoutHelper(first)
    await takePictures(first, info, 'refused')
    await stop()

    const second = await start()
    await expect(second.getByRole('button', { name: 'Helper: refused' })).toBeVisible()
    await expect(second.getByRole('treeitem', { name: 'c1' })).toBeVisible()
    await expect(question(second)).toBeHidden()
    expect(await helpers()).toBe(0)
    await second.getByRole('button', { name: 'Helper: refused' }).click()
    await question(second).getByRole('button', { name: 'Allow' }).click()
    await expect(second.getByRole('button', { name: 'Helper: allowed' })).toBeVisible()
    await expect(note(second)).toBeHidden({ timeout: 50_000 })
    await setLive(second, true)
    await trace(second, { from: 'c1', to: 'c2' })
    await expectAsPredicted(second)
    await stop()

    const third = await start()
    await expect(third.getByRole('button', { name: 'Helper: allowed' })).toBeVisible()
    await expect(third.getByRole('treeitem', { name: 'c1' })).toBeVisible()
    await expect(question(third)).toBeHidden()
  },
)

async function worksWithoutHelper(page: Page): Promise<void> {
  await expect(note(page)).toContainText('This is what Docker’s API tells. The privileged helper was refused.')
  const live = page.getByRole('switch', { name: 'Live' })
  await live.click({ force: true })
  await expect(live).toHaveAttribute('aria-checked', 'false')
  await expect(live).toHaveAccessibleDescription(
    /needs the privileged helper, which was refused\. Allow it under “Helper”/,
  )
  await page.getByRole('tab', { name: 'Watch' }).click()
  await expect(page.getByRole('form', { name: 'Watch' })).toContainText('Watching needs the privileged helper')
  await page.getByRole('tab', { name: 'Trace' }).click()
  await trace(page, { from: 'c1', to: 'c2' })
  await expect(events(page).filter({ hasText: 'DOCKER' }).first()).toBeVisible()
  await events(page).filter({ hasText: 'DOCKER' }).first().click()
  await expect(inspector(page)).toContainText('Not read from the host: written as Docker would have written it')
}

function question(page: Page): Locator {
  return page.getByRole('dialog', { name: 'May Hopwire use its privileged helper on this engine?' })
}

function note(page: Page): Locator {
  return page.getByRole('note', { name: 'Privileged helper' })
}

/** The tab key goes round in the dialog; between its ends it may pass the browser's own bars, where the page has no focus. */
async function staysInside(page: Page): Promise<void> {
  for (let press = 0; press < 6; press += 1) {
    await page.keyboard.press('Tab')
    const outside = await page.evaluate(() => {
      const { activeElement } = document
      return activeElement !== document.body && activeElement?.closest('dialog') === null
    })
    expect(outside).toBe(false)
  }
}

function fetchText(socketPath: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
  })
}
