import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const PRODUCTS = ['out/main/index.cjs', 'out/preload/index.cjs', 'out/renderer/index.html', 'out/cli/hopwire.mjs']
const SOURCES = ['src', 'electron.vite.config.ts', 'vite.cli.config.ts', 'package.json', 'package-lock.json']

/** Tells whether everything in out/ is there and newer than everything that it is made of. */
export function isBuilt(root) {
  const products = PRODUCTS.map((path) => join(root, path))
  if (!products.every((path) => existsSync(path))) return false
  const oldest = Math.min(...products.map((path) => statSync(path).mtimeMs))
  return SOURCES.every((path) => newestIn(join(root, path)) <= oldest)
}

/** The time of the last change of a file, or of anything below a folder; 0 for what is not there. */
function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))))
}
