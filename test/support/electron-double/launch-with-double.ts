import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from '@playwright/test'
import type { BrowserWindowDouble } from './browser-window.ts'
import { createElectronMain, type ElectronMain } from './electron-main.ts'
import { loadMain } from './load-main.ts'
import { bridgePage, fromChromium, toChromium } from './page-bridge.ts'

/** How the app is started: with the words after `npm start --`, and in which browser. */
export interface LaunchOptions {
  readonly args?: readonly string[]
  readonly browser?: Browser
  readonly context?: BrowserContextOptions
}

/** The built app, running: main in this process, its page in Chromium. */
export interface LaunchedApp {
  readonly page: Page
  readonly electron: ElectronMain
  /** Everything that the page did and may not do: breaches of the policy, requests elsewhere, script errors. */
  readonly violations: readonly string[]
  close(): Promise<void>
}

/**
 * Boots the built main and preload bundles on the Electron double and opens the real page in Chromium. The page gets every
 * file from main's own scheme handler, with its headers, and talks to main through what the preload script exposes.
 */
export async function launchWithDouble(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const userData = mkdtempSync(join(tmpdir(), 'hopwire-double-'))
  const own = options.browser ? null : await launchChromium()
  const browser = options.browser ?? own
  if (!browser) throw new Error('no browser')
  const context = await browser.newContext(options.context)
  const page = await context.newPage()
  const violations = await watchPage(page)
  const opened = promiseWithResolvers<() => void>()
  const load = async (window: BrowserWindowDouble, url: string) => {
    const host = await bridgePage(page, electron, String(window.options.webPreferences?.preload))
    await serveFromMain(context, electron, window, violations)
    await page.goto(toChromium(url))
    opened.resolve(host.closeAll)
  }
  const electron = createElectronMain({
    userData,
    load: (window, url) => load(window, url).catch((error) => opened.reject(error)),
  })
  const restoreArgs = replaceArgs(options.args ?? [])
  const unload = loadMain(electron.module)
  electron.becomeReady()
  const closePage = await opened.promise
  const close = async () => {
    await context.close()
    closePage()
    await electron.quit()
    unload()
    restoreArgs()
    await own?.close()
    rmSync(userData, { recursive: true, force: true })
  }
  return { page, electron, violations, close }
}

function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
}

async function watchPage(page: Page): Promise<string[]> {
  const violations: string[] = []
  page.on('pageerror', (error) => violations.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error') violations.push(`console: ${message.text()}`)
  })
  await page.exposeBinding('__doubleViolation', (_source, text: string) => void violations.push(text))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (window as unknown as { __doubleViolation(text: string): void }).__doubleViolation
      report(`policy: ${event.violatedDirective} refuses ${event.blockedURI || 'inline'} at ${event.sourceFile}`)
    })
  })
  return violations
}

/** Answers every request of the page by main's handler, and asks main before the page or a new window goes elsewhere. */
async function serveFromMain(
  context: BrowserContext,
  electron: ElectronMain,
  window: BrowserWindowDouble,
  violations: string[],
): Promise<void> {
  context.on('page', (popup) => {
    if (!window.webContents.opensWindow(popup.url())) void popup.close()
  })
  await context.route('**/*', async (route) => {
    const request = route.request()
    const url = fromChromium(request.url())
    const goes = request.isNavigationRequest() && window.webContents.url !== url
    if (goes && !window.webContents.allows('will-navigate', url)) return route.abort('aborted')
    const handler = electron.handlers.get(url.split(':', 1)[0] ?? '')
    if (!handler) {
      violations.push(`request elsewhere: ${url}`)
      return route.abort()
    }
    const response = await handler(new Request(url, { method: request.method() }))
    const body = Buffer.from(await response.arrayBuffer())
    return route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body })
  })
}

/** Main reads its options from the process, as Electron gives them: the runtime, the app's folder, the words. */
function replaceArgs(args: readonly string[]): () => void {
  const original = process.argv
  process.argv = ['electron', '.', ...args]
  return () => {
    process.argv = original
  }
}

function promiseWithResolvers<T>() {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle
    reject = fail
  })
  return { promise, resolve, reject }
}
