import type { Environment } from './env-file.ts'
import { interpolate } from './interpolate.ts'
import { type ComposeNode, describeNode, type MapNode } from './node.ts'
import type { NoteBook } from './notes.ts'
import type { ProjectFiles } from './project-files.ts'
import { readYaml } from './read-yaml.ts'
import type { Lookup } from './substitute.ts'

/** What one round of loading goes by; an included project has a round of its own. */
export interface Loading {
  readonly files: ProjectFiles
  readonly folder: string
  readonly environment: Environment
  readonly notes: NoteBook
  /** The files that led here by `include`, for cycles. */
  readonly included: readonly string[]
}

export function lookupIn(environment: Environment): Lookup {
  return (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined)
}

/** Returns the documents of a file with variables replaced; what is no mapping is a problem and is left out. */
export function readDocuments(path: string, { files, notes, environment }: Loading): readonly MapNode[] {
  const file = files.read(path)
  if (!file.ok) {
    notes.problem(`it cannot be read: ${file.reason}`, { file: path, line: 0, column: 0 })
    return []
  }
  return readYaml(file.text, path, notes).flatMap((document) => {
    if (document.kind === 'map') return [interpolateMap(document, lookupIn(environment), notes)]
    notes.problem(`a compose file is a mapping (services: ...), this is ${describeNode(document)}`, document.place)
    return []
  })
}

function interpolateMap(document: MapNode, lookup: Lookup, notes: NoteBook): MapNode {
  const done = interpolate(document, lookup, notes)
  return done.kind === 'map' ? done : document
}

/** Returns a mapping with one key set to another value. */
export function withEntry(map: MapNode, key: string, value: ComposeNode): MapNode {
  const place = map.entries.get(key)?.place ?? value.place
  return { ...map, entries: new Map([...map.entries, [key, { place, value }]]) }
}

/** Returns a mapping without a key. */
export function withoutEntry(map: MapNode, key: string): MapNode {
  return { ...map, entries: new Map([...map.entries].filter(([name]) => name !== key)) }
}
