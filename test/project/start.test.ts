import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findPackageRoot } from '../../src/backend/package-root.ts'

const root = findPackageRoot()
const run = promisify(execFile)

interface Scripts {
  isBuilt(root: string): boolean
  findElectron(root: string, environment: Readonly<Record<string, string>>): string | null
}
const load = async (name: string) => (await import(join(root, 'scripts', name))) as Scripts

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hopwire-start-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Writes a file of the trial checkout, last changed at a second of 2026. */
function write(path: string, second: number, text = ''): void {
  const full = join(folder, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  const time = new Date(Date.UTC(2026, 0, 1, 0, 0, second))
  utimesSync(full, time, time)
}

/** Runs a script of the trial checkout; gives its status and what it said. */
async function runScript(path: string) {
  const { PATH = '' } = process.env
  return run(process.execPath, [join(folder, path), 'serve'], { env: { PATH } }).then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  )
}

describe('isBuilt()', () => {
  const products = ['out/main/index.cjs', 'out/preload/index.cjs', 'out/renderer/index.html', 'out/cli/hopwire.mjs']
  beforeEach(() => {
    write('src/cli/index.ts', 10)
    write('package.json', 10)
    // The time of a folder changes when a file in it is added or taken away, which calls for a build, too.
    for (const path of ['src/cli', 'src']) {
      const time = new Date(Date.UTC(2026, 0, 1, 0, 0, 10))
      utimesSync(join(folder, path), time, time)
    }
    for (const path of products) write(path, 20)
  })

  it('is true when everything is newer than its sources', async () => {
    const { isBuilt } = await load('is-built.mjs')
    expect(isBuilt(folder)).toBe(true)
  })

  it.each(products)('is false without %s', async (path) => {
    const { isBuilt } = await load('is-built.mjs')
    rmSync(join(folder, path))
    expect(isBuilt(folder)).toBe(false)
  })

  it.each(['src/cli/index.ts', 'src/new/file.ts', 'package.json', 'vite.cli.config.ts'])(
    'is false when %s is newer',
    async (path) => {
      const { isBuilt } = await load('is-built.mjs')
      write(path, 30)
      expect(isBuilt(folder)).toBe(false)
    },
  )
})

describe('findElectron()', () => {
  it('finds nothing where the package has no runtime, and downloads none', async () => {
    const { findElectron } = await load('find-electron.mjs')
    write('node_modules/electron/index.js', 1, 'throw new Error("it was loaded")')
    expect(findElectron(folder, {})).toBeNull()
    write('node_modules/electron/path.txt', 1, 'electron')
    expect(findElectron(folder, {})).toBeNull()
  })

  it('finds the runtime that the package names', async () => {
    const { findElectron } = await load('find-electron.mjs')
    write('node_modules/electron/path.txt', 1, 'electron')
    write('node_modules/electron/dist/electron', 1)
    expect(findElectron(folder, {})).toBe(join(folder, 'node_modules/electron/dist/electron'))
  })

  it('takes the runtime that the environment names instead', async () => {
    const { findElectron } = await load('find-electron.mjs')
    write('other/electron', 1)
    const environment = { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'other') }
    expect(findElectron(folder, environment)).toBe(join(folder, 'other/electron'))
  })
})

describe('what is not there is said in one line', () => {
  it('by bin/hopwire.mjs before the first build', async () => {
    mkdirSync(join(folder, 'bin'))
    copyFileSync(join(root, 'bin/hopwire.mjs'), join(folder, 'bin/hopwire.mjs'))
    const stderr = 'hopwire: it has not been built yet; run: npm run build\n'
    expect(await runScript('bin/hopwire.mjs')).toEqual({ code: 2, stderr })
  })

  it('by npm start before npm ci', async () => {
    mkdirSync(join(folder, 'scripts'))
    for (const name of ['start', 'build', 'run', 'is-built', 'find-electron']) {
      copyFileSync(join(root, `scripts/${name}.mjs`), join(folder, `scripts/${name}.mjs`))
    }
    const stderr = 'hopwire: its packages are not installed; run: npm ci\n'
    expect(await runScript('scripts/start.mjs')).toEqual({ code: 1, stderr })
  })
})
