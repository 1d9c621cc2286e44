import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = join(ROOT, '.cache/cli')
const SOURCES = ['src', 'vite.cli.config.ts', 'package.json', 'package-lock.json']
/** Bundles of other states of the sources are of use to a run that still goes on, and to nobody later. */
const KEEP_MS = 3_600_000

let bundled: Promise<string> | null = null

/**
 * Returns the path of the command line as it is shipped, one bundle, made from the sources as they are now: it starts in a
 * sixth of the time that compiling them takes at each start. Runs side by side share it.
 */
export function bundleCli(): Promise<string> {
  bundled ??= bundleOnce()
  return bundled
}

async function bundleOnce(): Promise<string> {
  const folder = join(CACHE, stateOfSources())
  const entry = join(folder, 'hopwire.mjs')
  if (existsSync(entry)) return entry
  const draft = `${folder}.${process.pid}`
  const words = ['build', '-c', 'vite.cli.config.ts', '--outDir', draft, '--logLevel', 'warn']
  await promisify(execFile)(process.execPath, ['node_modules/vite/bin/vite.js', ...words], { cwd: ROOT })
  removeOld()
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    // Another run was faster.
    if (!existsSync(entry)) throw error
  }
  return entry
}

function stateOfSources(): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    const stat = statSync(path)
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else hash.update(`${path} ${stat.mtimeMs} ${stat.size}\n`)
  }
  for (const path of SOURCES) add(join(ROOT, path))
  return hash.digest('hex').slice(0, 16)
}

function removeOld(): void {
  for (const name of readdirSync(CACHE)) {
    const path = join(CACHE, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat !== undefined && Date.now() - stat.mtimeMs > KEEP_MS) rmSync(path, { recursive: true, force: true })
  }
}
