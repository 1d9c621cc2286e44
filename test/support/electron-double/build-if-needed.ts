import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../../../src/backend/package-root.ts'

/** A lock older than this was left behind by a run that was ended, in milliseconds. */
const STALE = 120_000

/**
 * Builds out/ when it is missing or older than its sources. Several test files may ask at once, each in a process of its
 * own: one builds and the others wait for it.
 */
export async function buildIfNeeded(): Promise<void> {
  const root = findPackageRoot()
  const { isBuilt } = (await import(join(root, 'scripts', 'is-built.mjs'))) as { isBuilt(root: string): boolean }
  const lock = join(root, '.cache', 'build-lock')
  mkdirSync(join(root, '.cache'), { recursive: true })
  while (!isBuilt(root)) {
    if (!takeLock(lock)) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      continue
    }
    try {
      if (!isBuilt(root)) await build(root)
    } finally {
      rmSync(lock, { recursive: true, force: true })
    }
  }
}

function takeLock(lock: string): boolean {
  // Whoever has it may give it back at any moment.
  const held = statSync(lock, { throwIfNoEntry: false })
  if (held !== undefined && Date.now() - held.mtimeMs > STALE) rmSync(lock, { recursive: true, force: true })
  try {
    mkdirSync(lock)
    return true
  } catch {
    return false
  }
}

function build(root: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/build.mjs', '--logLevel', 'error'], { cwd: root, stdio: 'pipe' })
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the build failed:\n${output}`))))
  })
}
