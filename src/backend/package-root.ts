import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Returns the folder of Hopwire's own package.json: the one above this file, whether it runs from src/, from a bundle in
 * out/ or from an installed package. Throws when there is none, which means that the installation is broken.
 */
export function findPackageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    if (existsSync(join(folder, 'package.json')) && readPackage(folder).name === 'hopwire') return folder
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the package.json of Hopwire is missing: install Hopwire again')
    folder = parent
  }
}

/** Returns the path of a file or folder below resources/ (`sample`, `probe/build-image.sh`). */
export function findResource(...path: readonly string[]): string {
  return join(findPackageRoot(), 'resources', ...path)
}

/** Returns Hopwire's version. */
export function readVersion(): string {
  return readPackage(findPackageRoot()).version ?? '0.0.0'
}

function readPackage(folder: string): { readonly name?: string; readonly version?: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}
