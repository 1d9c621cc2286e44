import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPackageRoot } from '../package-root.ts'

/** Returns the text of one of the helper's scripts, as it is handed to its interpreter. */
export function scriptText(name: string): string {
  return readFileSync(join(findPackageRoot(), 'resources', 'probe', name), 'utf8')
}
