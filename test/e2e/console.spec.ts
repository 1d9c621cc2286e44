import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Page } from '@playwright/test'
import type { TestEngine } from './support/engines.ts'
import { expect, test } from './support/app-test.ts'

const run = promisify(execFile)

const docker = (engine: TestEngine, ...argv: string[]) => run('docker', ['-H', `unix://${engine.socket}`, ...argv])

/** Runs a container for a test, and removes it whatever becomes of the test. */
async function withContainer(
  engine: TestEngine,
  name: string,
  command: readonly string[],
  act: () => Promise<void>,
): Promise<void> {
  await docker(engine, 'rm', '-f', name).catch(() => undefined)
  await docker(engine, 'run', '-d', '--name', name, 'busybox:local', ...command)
  try {
    await act()
  } finally {
    await docker(engine, 'rm', '-f', name)
  }
}

/** Opens a container's log or terminal from its menu in the Manage panel. */
async function openConsole(page: Page, container: string, what: 'Logs' | 'Terminal'): Promise<void> {
  await page.getByRole('tab', { name: 'Manage' }).click()
  await page.getByRole('button', { name: `Actions for ${container}`, exact: true }).click()
  await page.getByRole('menuitem', { name: what }).click()
  if (what === 'Terminal') await expect(screen(page)).toContainText('/ #')
}

const screen = (page: Page) => page.locator('.xterm-rows')
const state = (page: Page, words: string) => page.getByRole('status').filter({ hasText: words })

test('a terminal in a container: a command, its colours, leaving it by keyboard, nothing left behind', {
  tag: ['@launchers', '@docker20'],
}, async ({ app, engine }) => {
  await openConsole(app, 'c1', 'Terminal')
  await app.keyboard.type('ip addr; sleep 4711 &\n')
  await expect(screen(app)).toContainText('inet 172.17.0.2/16')
  // Colours of 24 bits are style attributes, which the page's policy lets pass.
  await app.keyboard.type("printf '\\033[38;2;10;200;30mgreen\\033[0m\\n'\n")
  await expect(screen(app).locator('span[style*="color"]', { hasText: 'green' })).toBeVisible()
  await app.keyboard.press('Control+Shift+ArrowUp')
  const tab = app.getByRole('tab', { name: 'Terminal in c1' })
  await expect(tab).toBeFocused()
  await app.keyboard.press('Delete')
  await expect(tab).toBeHidden()
  const running = async () => (await docker(engine, 'exec', 'c1', 'ps', '-o', 'stat,args')).stdout
  await expect.poll(running).not.toMatch(/^[^Z]\S* +(?:sh|sleep 4711|.*hopwire-leash.*)$/m)
})

test('a terminal whose container stops says so, and is opened again', async ({ app, engine }) => {
  await withContainer(engine, 'brief', ['sleep', '1000000'], async () => {
    await openConsole(app, 'brief', 'Terminal')
    await docker(engine, 'restart', '-t', '0', 'brief')
    await expect(state(app, 'ended')).toBeVisible()
    await app.getByRole('button', { name: 'Open again' }).click()
    await expect(screen(app)).toContainText('/ #')
    await app.keyboard.type('exit 3\n')
    await expect(state(app, 'ended with 3')).toBeVisible()
  })
})

test(
  'a log is followed, searched and saved; errors are marked',
  {
    tag: '@launchers',
  },
  async ({ app, engine }, info) => {
    const script = 'i=0; while true; do echo line $i; echo wrong $i >&2; i=$((i+1)); sleep 0.1; done'
    await withContainer(engine, 'talk', ['sh', '-c', script], async () => {
      await openConsole(app, 'talk', 'Logs')
      const log = app.getByRole('log', { name: 'Log' })
      // By rows: the text of the whole log runs one line's end and the next one's time together (`line 209:44:12`).
      await expect(log.locator('.log-row', { hasText: /line (?!1?\d$)\d+$/ }).first()).toBeVisible()
      await expect(log.locator('.log-row.stderr').last()).toContainText(/E.*wrong \d+/)
      await expect(log.locator('time').last()).toHaveAttribute('datetime', /^\d{4}-\d\d-\d\dT.*\.\d{9}Z$/)
      const search = app.getByLabel('Search the log')
      await search.fill('wrong 7')
      await search.press('Enter')
      await expect(log.locator('.log-row.current mark')).toHaveText('wrong 7')
      const follow = app.getByRole('button', { name: /^Follow \(\d+ new\)$/ })
      await expect(follow).toBeVisible()
      await follow.click()
      await expect(follow).toBeHidden()
      const [download] = await Promise.all([
        app.waitForEvent('download'),
        app.getByRole('button', { name: 'Save', exact: true }).click(),
      ])
      const file = info.outputPath(download.suggestedFilename())
      await download.saveAs(file)
      expect(await readFile(file, 'utf8')).toMatch(/^\S+Z line 0$/m)
      await docker(engine, 'kill', 'talk')
      await expect(log).toContainText('the container is not running any more')
      await expect(app.getByRole('button', { name: 'Follow again' })).toBeVisible()
    })
  },
)

test.describe('in the sandbox', () => {
  test.use({ hostArgs: ['--sandbox', 'my-net'] })

  test('a terminal answers from the scene', async ({ opened: { page } }) => {
    await openConsole(page, 'container100', 'Terminal')
    await page.keyboard.type('ping -c 1 container200\n')
    await expect(screen(page)).toContainText('64 bytes from 172.18.0.3: seq=0 ttl=64 time=simulated')
    await page.keyboard.type('top\n')
    await expect(screen(page)).toContainText('sh: top: not simulated in the sandbox')
  })
})
