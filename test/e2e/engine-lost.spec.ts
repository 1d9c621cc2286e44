import { expect, type Opened, startOwnApp, test as base } from './support/app-test.ts'
import { whyNoElectron } from './support/launch-electron.ts'
import { events, trace } from './support/use-app.ts'
import {
  bringDaemonBack,
  busyboxImage,
  type Engine,
  importBusybox,
  makeObject,
  startEngine,
  startWorld,
  takeDaemonAway,
} from '../lab/index.ts'

/** An engine of its own: the others are needed by the other specs. */
const test = base.extend<{ readonly frail: Engine }>({
  frail: async ({ generation }, use) => {
    const world = await startWorld()
    try {
      const engine = await startEngine(world, { generation: generation === '20' ? '20' : '28', name: 'frail' })
      await importBusybox(engine)
      for (const name of ['c1', 'c2']) {
        await makeObject(engine, ['run', '-d', '--restart', 'always', '--name', name, busyboxImage, 'sleep', '100000'])
      }
      await use(engine)
    } finally {
      world.stop()
    }
  },
})

let opened: Opened | null = null
test.afterEach(async () => {
  await opened?.close()
  opened = null
})

test(
  'an engine that goes away is told of, tried again and picked up; what was typed and is on show stays',
  { tag: '@launchers' },
  async ({ frail, browser, launcher, viewport }, info) => {
    test.setTimeout(240_000)
    const missing = launcher === 'electron' ? whyNoElectron() : null
    info.skip(missing !== null, missing ?? '')
    opened = await startOwnApp(launcher, browser, ['--docker-host', `unix://${frail.socket}`], {})
    const app = opened.page
    if (viewport !== null) await app.setViewportSize(viewport)
    // What is asked before the host is read waits for it.
    await app.getByRole('combobox', { name: 'From' }).fill('c1')
    await app.getByRole('combobox', { name: 'To' }).fill('c2')
    await app.getByRole('combobox', { name: 'To' }).press('Enter')
    await expect(events(app).first()).toBeVisible({ timeout: 50_000 })
    await expect(app.getByRole('treeitem', { name: 'c1' })).toBeVisible()
    const count = await events(app).count()
    await app.getByRole('combobox', { name: 'To' }).fill('c2-half-typed')
    await takeDaemonAway(frail)
    const notice = app.getByRole('alert', { name: 'Engine lost' })
    await expect(notice).toContainText(/The engine has been away since \d\d:\d\d:\d\d\./)
    await expect(notice).toContainText(/Next try in \d+ s\.|Trying/)
    await expect(app.getByRole('treeitem', { name: 'c1' })).toBeVisible()
    await expect(app.getByText('Sample host')).toHaveCount(0)
    // Trying it now fails as well: that is no second notice.
    await notice.getByRole('button', { name: 'Try now' }).click()
    await expect(notice).toContainText(/Next try in \d+ s\./)
    await expect(app.locator('.notice.bad')).toHaveCount(1)
    for (const theme of ['light', 'dark'] as const) {
      await app.emulateMedia({ colorScheme: theme })
      await app.screenshot({ path: info.outputPath(`away-${theme}.png`) })
    }
    await app.getByRole('tab', { name: 'Manage' }).click()
    await app.getByRole('button', { name: 'Create a network' }).click()
    await app.getByRole('dialog').getByLabel('Name', { exact: true }).fill('net-half-typed')
    await bringDaemonBack(frail)
    // Tried by itself, at the latest 10 s later.
    await expect(notice).toBeHidden({ timeout: 60_000 })
    await expect(app.getByRole('dialog').getByLabel('Name', { exact: true })).toHaveValue('net-half-typed')
    await app.keyboard.press('Escape')
    await app.getByRole('tab', { name: 'Trace' }).click()
    await expect(app.getByRole('combobox', { name: 'To' })).toHaveValue('c2-half-typed')
    expect(await events(app).count()).toBe(count)
    await frail.docker(['run', '-d', '--name', 'later', busyboxImage, 'sleep', '600'])
    await expect(app.getByRole('treeitem', { name: 'later' })).toBeVisible({ timeout: 30_000 })
    await trace(app, { from: 'c1', to: 'later' })
    // Those of the trace before are on show until then.
    await expect(events(app).filter({ hasText: 'later' }).first()).toBeVisible()
    expect(opened.violations, 'errors and policy breaches in the page').toEqual([])
  },
)
