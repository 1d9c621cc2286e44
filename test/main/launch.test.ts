import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIfNeeded } from '../support/electron-double/build-if-needed.ts'
import { type LaunchedApp, launchWithDouble } from '../support/electron-double/index.ts'

const missing = existsSync('/usr/bin/chromium') ? '' : ' (skipped: needs /usr/bin/chromium)'

describe.skipIf(missing !== '')(`the built app on the Electron double${missing}`, () => {
  let app: LaunchedApp
  beforeAll(async () => {
    await buildIfNeeded()
    app = await launchWithDouble({ args: ['--docker-host', 'unix:///nonexistent/docker.sock'] })
  }, 120_000)
  afterAll(() => app?.close(), 60_000)

  it('draws its page from main’s own scheme under its policy, without one breach', async () => {
    await app.page.waitForSelector('#root > *')
    expect(app.electron.windows[0]?.shown).toBe(true)
    expect(app.violations).toEqual([])
  })

  it('shows what the backend says, so the port works both ways', async () => {
    await app.page.getByText('/nonexistent/docker.sock').first().waitFor()
  })

  it('connects anew when the page is reloaded', async () => {
    await app.page.reload()
    await app.page.getByText('/nonexistent/docker.sock').first().waitFor()
    expect(app.violations).toEqual([])
  })

  it('gives the page one port and nothing of Node or Electron', async () => {
    const found = await app.page.evaluate(() => {
      const names = ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer']
      const bridge = (window as unknown as { hopwire: object }).hopwire
      return { bridge: Object.keys(bridge).sort(), leaked: names.filter((name) => name in window) }
    })
    expect(found).toEqual({ bridge: ['close', 'onClose', 'onMessage', 'post'], leaked: [] })
  })

  it('does not let the page go elsewhere or open a window', async () => {
    const before = app.page.url()
    const refused: string[] = []
    app.page.context().on('requestfailed', (request) => refused.push(request.url()))
    await app.page.evaluate(() => {
      window.open('https://example.com/')
      location.href = 'https://example.com/'
    })
    await expect.poll(() => refused).toEqual(['https://example.com/', 'https://example.com/'])
    expect(app.page.url()).toBe(before)
    expect(app.page.context().pages()).toHaveLength(1)
  })

  it('notices a breach of the policy', async () => {
    const count = app.violations.length
    await app.page.evaluate(() => {
      const image = document.createElement('img')
      image.src = 'https://example.com/pixel.png'
      document.body.append(image)
      fetch('https://example.com/').catch(() => {})
    })
    await expect
      .poll(() => app.violations.slice(count).join('\n'))
      .toMatch(/img-src[\s\S]*connect-src|connect-src[\s\S]*img-src/)
  })
})
