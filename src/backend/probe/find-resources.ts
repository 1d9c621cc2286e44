import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Finds the folder that holds `resources/`: the checkout, or what the app was packed into. Looked for upwards from this
 * file, which is in src/ in a checkout and in out/ once built; a packed Electron app keeps resources beside its archive.
 * Throws when there is none: then the installation is broken.
 */
export function findRoot(): string {
  const packed = (process as { resourcesPath?: string }).resourcesPath
  const starts = [dirname(fileURLToPath(import.meta.url)), ...(packed === undefined ? [] : [packed])]
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      if (existsSync(join(folder, 'resources', 'probe', 'build.sh'))) return folder
      if (folder === dirname(folder)) break
    }
  }
  throw new Error(`resources/probe was not found above ${starts.join(' or ')}`)
}
