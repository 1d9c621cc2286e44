import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Returns the path of Electron's runtime, or null where it is not installed. It looks for the file itself, because
 * `require('electron')` starts a download when the runtime is missing.
 */
export function findElectron(root, environment = process.env) {
  const folder = join(root, 'node_modules', 'electron')
  const named = readName(join(folder, 'path.txt'))
  const dist = environment.ELECTRON_OVERRIDE_DIST_PATH
  if (dist) return existing(join(dist, named ?? 'electron'))
  return named === null ? null : existing(join(folder, 'dist', named))
}

function existing(path) {
  return existsSync(path) ? path : null
}

function readName(path) {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null
}
