import { basename } from 'node:path'
import { readHostFile } from './read-host-file.ts'
import type { Source } from './source.ts'
import { createSavedSource } from './saved-source.ts'

/** Returns the source over a file that `hopwire snapshot` wrote. The file is read at the first load. */
export function createSnapshotSource(path: string): Source {
  return createSavedSource({ kind: 'snapshot', label: `snapshot ${basename(path)}`, read: () => readHostFile(path) })
}
