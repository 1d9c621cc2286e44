import { type Environment, readEnvFile } from './env-file.ts'
import { child, type ComposeNode, describeNode, type MapEntry, type MapNode, sameNode } from './node.ts'
import { type Loading, lookupIn, withEntry, withoutEntry } from './read-documents.ts'

/** What an included project brings; its own `name` is left out. */
const SECTIONS = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const

/** Reads the files of an included project as those of a project are read. */
type Load = (paths: readonly string[], loading: Loading) => MapNode

/**
 * Returns a document with the projects of its `include` taken in. Each is read from its own folder with its own .env; a
 * service or network that is there twice and differs is a problem (compose-go:loader/include.go).
 */
export function applyInclude(document: MapNode, path: string, loading: Loading, load: Load): MapNode {
  const include = child(document, 'include')
  if (include === undefined) return document
  let whole = withoutEntry(document, 'include')
  if (include.kind !== 'list') {
    loading.notes.problem(`include is a list, this is ${describeNode(include)}`, include.place)
    return whole
  }
  for (const item of include.items) {
    const imported = loadIncluded(item, path, loading, load)
    if (imported !== null) whole = takeIn(whole, imported, item, loading)
  }
  return whole
}

function loadIncluded(item: ComposeNode, from: string, loading: Loading, load: Load): MapNode | null {
  const { files, notes, folder } = loading
  const named = texts(item.kind === 'map' ? child(item, 'path') : item)
  const paths = named.map((path) => files.resolve(folder, path))
  const [main] = paths
  if (main === undefined) {
    notes.problem(
      `include takes paths, or {path, env_file, project_directory}: this is ${describeNode(item)}`,
      item.place,
    )
    return null
  }
  const included = [...loading.included, from]
  if (included.includes(main)) {
    notes.problem(`files include one another in a circle: ${[...included, main].join(', ')}`, item.place)
    return null
  }
  const [asked] = texts(child(item, 'project_directory'))
  const home = asked === undefined ? files.folderOf(main) : files.resolve(folder, asked)
  const environment = readEnvironment(item, home, loading)
  return load(paths, { files, folder: home, environment, notes, included })
}

function texts(node: ComposeNode | undefined): readonly string[] {
  if (node?.kind === 'list') return node.items.flatMap(texts)
  return node?.kind === 'scalar' && typeof node.value === 'string' ? [node.value] : []
}

/** What is set outside wins over the env files of an included project. */
function readEnvironment(item: ComposeNode, home: string, loading: Loading): Environment {
  const { files, notes, environment } = loading
  const named = texts(child(item, 'env_file')).map((path) => files.resolve(loading.folder, path))
  const paths = named.length === 0 ? [files.resolve(home, '.env')] : named
  let found: Environment = {}
  for (const path of paths) {
    const file = files.read(path)
    if (file.ok) found = { ...found, ...readEnvFile(file.text, path, lookupIn({ ...found, ...environment }), notes) }
    else if (named.length > 0) notes.problem(`the env file ${path} cannot be read: ${file.reason}`, item.place)
  }
  return { ...found, ...environment }
}

function takeIn(whole: MapNode, imported: MapNode, item: ComposeNode, { notes }: Loading): MapNode {
  let result = whole
  for (const section of SECTIONS) {
    const from = child(imported, section)
    if (from?.kind !== 'map') continue
    const to = child(result, section)
    const entries = new Map<string, MapEntry>(to?.kind === 'map' ? to.entries : [])
    for (const [name, entry] of from.entries) {
      const there = entries.get(name)
      if (there !== undefined && !sameNode(there.value, entry.value))
        notes.problem(`${section}.${name} is here already, and the included one differs`, there.place)
      if (there === undefined) entries.set(name, entry)
    }
    result = withEntry(result, section, { kind: 'map', entries, place: to?.place ?? item.place })
  }
  return result
}
