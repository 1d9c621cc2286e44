import { type Browser, expect, type Page, test as base } from '@playwright/test'
import { type LaunchedApp, launchWithDouble } from '../../support/electron-double/index.ts'
import { findEngine, type TestEngine } from './engines.ts'
import { type Server, startServe } from './launch-browser.ts'
import { launchElectron, whyNoElectron } from './launch-electron.ts'
import { watchViolations } from './watch-violations.ts'

/** How the app is started: served to a browser, on Electron, or its built bundles on the double of Electron's APIs. */
export type Launcher = 'browser' | 'electron' | 'double'

/** What a project chooses. `hostArgs` replaces the engine, for specs that want another host. */
export interface AppOptions {
  readonly launcher: Launcher
  readonly generation: string
}

interface TestFixtures {
  /** The app over the project's engine, its host read. */
  readonly app: Page
  /** Everything that went wrong in the page; every test ends by demanding that there is nothing. */
  readonly violations: readonly string[]
  readonly engine: TestEngine
  readonly opened: Opened
  readonly hostArgs: readonly string[] | null
}

/** What runs for all specs of a worker, by its words: what takes time is reading the host. */
interface Running {
  readonly servers: Map<string, Server>
  readonly doubles: Map<string, LaunchedApp>
}

interface WorkerFixtures extends AppOptions {
  readonly apps: Running
}

export interface Opened {
  readonly page: Page
  readonly violations: readonly string[]
  close(): Promise<void>
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  launcher: ['browser', { option: true, scope: 'worker' }],
  generation: ['28', { option: true, scope: 'worker' }],
  hostArgs: [null, { option: true }],
  apps: [
    // oxlint-disable-next-line eslint/no-empty-pattern -- the runner reads a fixture's needs from its pattern
    async ({}, use) => {
      const running: Running = { servers: new Map(), doubles: new Map() }
      await use(running)
      // Each double has put itself before the one that came before it.
      for (const double of [...running.doubles.values()].toReversed()) await double.close()
      await Promise.all([...running.servers.values()].map((server) => server.close()))
    },
    { scope: 'worker' },
  ],
  engine: async ({ generation }, use, info) => use(findEngine(generation, info.parallelIndex)),
  opened: async ({ launcher, apps, browser, engine, hostArgs, viewport }, use, info) => {
    const missing = launcher === 'electron' ? whyNoElectron() : null
    info.skip(missing !== null, missing ?? '')
    const args = hostArgs ?? ['--docker-host', `unix://${engine.socket}`]
    const opened = await open(launcher, apps, browser, args)
    if (viewport !== null) await opened.page.setViewportSize(viewport)
    await use(opened)
    await opened.close()
    expect(opened.violations, 'errors and policy breaches in the page').toEqual([])
  },
  violations: async ({ opened }, use) => use(opened.violations),
  app: async ({ opened }, use) => {
    // The first read of a host builds or imports the helper's image, which takes its time.
    await expect(opened.page.getByRole('treeitem', { name: 'c1' })).toBeVisible({ timeout: 50_000 })
    await use(opened.page)
  },
})

export { expect }

/** Starts an app of its own with other variables than the rest of the run; `close` ends it, too. */
export async function startOwnApp(
  launcher: Launcher,
  browser: Browser,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Opened> {
  if (launcher === 'electron') return launchElectron(args, { ...process.env, ...env })
  if (launcher === 'browser') {
    const server = await startServe(args, { ...process.env, ...env })
    const opened = await openServed(server, browser)
    return { ...opened, close: () => opened.close().then(() => server.close()) }
  }
  // Its main runs in this process.
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]))
  Object.assign(process.env, env)
  const opened = await launchWithDouble({ args, browser })
  return { ...opened, close: () => opened.close().then(() => restoreEnv(before)) }
}

function restoreEnv(before: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
}

async function open(launcher: Launcher, running: Running, browser: Browser, args: readonly string[]): Promise<Opened> {
  switch (launcher) {
    case 'browser':
      return openServed(await serverFor(running.servers, args), browser)
    case 'double':
      return openDouble(running.doubles, browser, args)
    case 'electron':
      return launchElectron(args)
    default:
      return launcher satisfies never
  }
}

async function serverFor(servers: Map<string, Server>, args: readonly string[]): Promise<Server> {
  const key = args.join(' ')
  const server = servers.get(key) ?? (await startServe(args))
  servers.set(key, server)
  return server
}

/** The first test starts the app; those after it load its page anew, as one that nobody has used. */
async function openDouble(
  doubles: Map<string, LaunchedApp>,
  browser: Browser,
  args: readonly string[],
): Promise<Opened> {
  const key = args.join(' ')
  const known = doubles.get(key)
  const double = known ?? (await launchWithDouble({ args, browser }))
  doubles.set(key, double)
  const { page, violations } = double
  if (known !== undefined) {
    await page.emulateMedia({ colorScheme: null })
    await page.evaluate(() => localStorage.clear())
    await page.reload()
  }
  return { page, violations, close: async () => undefined }
}

async function openServed(server: Server, browser: Browser): Promise<Opened> {
  const context = await browser.newContext({ storageState: server.storageState })
  const page = await context.newPage()
  const violations = watchViolations(page)
  await page.goto(server.url)
  return { page, violations, close: () => context.close() }
}
