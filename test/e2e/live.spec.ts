import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from './support/app-test.ts'
import { takePictures } from './support/take-pictures.ts'
import { currentEvent, events, expectAsPredicted, inspector, lanes, setLive, trace } from './support/use-app.ts'

const run = promisify(execFile)
const inside = (netns: string, ...argv: string[]) => run('nsenter', [`--net=${netns}`, ...argv])

test.describe('a live ping from a container to the internet', () => {
  test.beforeEach(async ({ app }) => {
    await setLive(app, true)
    await trace(app, { from: 'c1', to: 'facebook.com' })
    await expect(lanes(app)).toBeVisible({ timeout: 30_000 })
  })

  test(
    'does what was predicted: both lanes agree, with the times between the hops',
    { tag: ['@docker20', '@launchers'] },
    async ({ app }, info) => {
      await expectAsPredicted(app)
      await app.getByRole('button', { name: 'Pause' }).click()
      await app.getByRole('button', { name: 'ICMP', exact: true }).click()
      const names = (lane: string) => lanes(app).getByRole('list', { name: lane }).locator('.lane-hop-name')
      await expect.poll(() => names('Predicted').count()).toBeGreaterThan(3)
      await expect(names('Observed')).toHaveText(await names('Predicted').allTextContents())
      await expect(lanes(app).locator('.lane-delays')).toContainText(/\+[\d.]+ (µs|ms)/)
      await expect(app.locator('output.outcome')).toContainText('reply returns')
      await app.getByLabel('Filter events').fill('MASQUERADE POSTROUTING')
      await events(app).last().click()
      await expect(inspector(app)).toContainText('Seen in the kernel’s rule trace')
      await expect(inspector(app)).toContainText('The kernel did here what was predicted.')
      await app.getByLabel('Filter events').fill('')
      await takePictures(app, info, 'agreeing', [lanes(app).locator('.agreement')])
    },
  )

  test('one playback moves both lanes', async ({ app }) => {
    await app.getByRole('button', { name: 'Pause' }).click()
    await app.getByRole('button', { name: 'ICMP', exact: true }).click()
    const markers = lanes(app).locator('.lane-marker')
    const before = await markers.evaluateAll((all) => all.map((each) => (each as HTMLElement).style.left))
    await app.getByRole('button', { name: 'One hop on' }).click()
    await app.getByRole('button', { name: 'One hop on' }).click()
    const after = await markers.evaluateAll((all) => all.map((each) => (each as HTMLElement).style.left))
    expect(new Set(after).size).toBe(1)
    expect(after).not.toEqual(before)
    await expect(lanes(app).locator('[aria-current="step"]')).toHaveCount(2)
  })
})

test(
  'a rule that comes after the host was read is found, named and marked',
  { tag: '@docker20' },
  async ({ app, engine }, info) => {
    const rule = [
      'DOCKER-USER',
      '-p',
      'tcp',
      '-m',
      'tcp',
      '--dport',
      '80',
      '-m',
      'comment',
      '--comment',
      'e2e',
      '-j',
      'DROP',
    ]
    await setLive(app, true)
    await app.getByRole('radio', { name: 'TCP' }).click()
    await app.getByLabel('Port', { exact: true }).fill('8080')
    await app.getByRole('combobox', { name: 'From' }).fill('external')
    await app.getByRole('combobox', { name: 'To' }).fill('host')
    await app.getByRole('combobox', { name: 'To' }).press('Enter')
    // The host has been read by now, and what is waited for has not come.
    await expect(app.getByRole('status').filter({ hasText: /waiting for a packet/i })).toBeVisible({ timeout: 30_000 })
    await inside(engine.netns, 'iptables', '-I', ...rule)
    try {
      const knock = inside(engine.clientNetns, 'timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${engine.address}/8080`)
      await knock.catch(() => undefined)
      await expect(lanes(app)).toBeVisible({ timeout: 30_000 })
    } finally {
      await inside(engine.netns, 'iptables', '-D', ...rule)
    }
    const verdict = lanes(app).locator('.lanes-verdict')
    await expect(verdict).toContainText('the kernel dropped it at -A DOCKER-USER -p tcp -m tcp --dport 80')
    await expect(verdict).toContainText('which was not there when the host was read')
    await lanes(app).getByRole('button', { name: 'They part' }).click()
    await expect(currentEvent(app)).toContainText('DROP')
    await expect(currentEvent(app)).toHaveClass(/parts/)
    await expect(lanes(app).locator('.lane-predicted .parts')).toHaveCount(1)
    await expect(lanes(app).locator('.lane-observed .parts')).toHaveCount(1)
    await expect(inspector(app)).toContainText('Predicted instead')
    await expect(events(app).filter({ hasText: 'predicted only' }).first()).toBeAttached()
    await takePictures(app, info, 'parting', [lanes(app).locator('.agreement')])
  },
)

test('a live trace that waits is cancelled, and nothing is left of it', { tag: ['@docker20', '@launchers'] }, async ({
  app,
  engine,
}) => {
  await setLive(app, true)
  await app.getByRole('radio', { name: 'TCP' }).click()
  await app.getByLabel('Port', { exact: true }).fill('8082')
  await app.getByRole('combobox', { name: 'From' }).fill('external')
  await app.getByRole('combobox', { name: 'To' }).fill('host')
  await app.getByRole('combobox', { name: 'To' }).press('Enter')
  await expect(app.getByRole('status').filter({ hasText: /waiting for a packet/i })).toBeVisible({ timeout: 30_000 })
  expect((await inside(engine.netns, 'nft', 'list', 'tables')).stdout).toContain('hopwire')
  await app.getByRole('button', { name: 'Cancel' }).click()
  await expect(app.getByRole('button', { name: 'Trace' })).toBeEnabled()
  await expect
    .poll(async () => (await inside(engine.netns, 'nft', 'list', 'tables')).stdout, { timeout: 30_000 })
    .not.toContain('hopwire')
})

test('the switch is worked from the keyboard, and brings the kinds of probe', async ({ app }) => {
  const live = app.getByRole('switch', { name: 'Live' })
  await app.getByRole('radio', { name: 'TCP' }).click()
  await live.focus()
  await app.keyboard.press('Space')
  await expect(live).toHaveAttribute('aria-checked', 'true')
  await expect(app.getByLabel('Kind of probe').locator('option')).toHaveText([
    'A lone SYN',
    'A whole connection',
    'An HTTP request',
  ])
  await app.keyboard.press('Space')
  await expect(app.getByLabel('Kind of probe')).toBeHidden()
})

test.describe('with no engine', () => {
  test.use({ hostArgs: ['--docker-host', 'unix:///nonexistent/docker.sock'] })

  test('Live cannot be switched on, and says why', async ({ app }) => {
    const live = app.getByRole('switch', { name: 'Live' })
    await live.click({ force: true })
    await expect(live).toHaveAttribute('aria-checked', 'false')
    await expect(live).toHaveAccessibleDescription(/the sample host has no kernel to ask/)
    await expect(app.getByText('Live needs a Docker engine: the sample host has no kernel to ask.')).toBeVisible()
  })
})
