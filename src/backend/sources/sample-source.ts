import { findResource } from '../package-root.ts'
import { readHostFile } from './read-host-file.ts'
import type { Source } from './source.ts'
import { createSavedSource } from './saved-source.ts'

/** Returns the source over the sample host: a real Docker 28.5 host of five containers, captured and scrubbed. */
export function createSampleSource(): Source {
  const read = (): ReturnType<typeof readHostFile> => readHostFile(findResource('sample', 'host.json'))
  return createSavedSource({ kind: 'sample', label: 'sample host', read })
}
