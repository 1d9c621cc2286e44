import { type Loading, readDocuments, withEntry, withoutEntry } from './read-documents.ts'
import { mergeNodes } from './merge.ts'
import { child, type ComposeNode, describeNode, isNull, type MapNode, type Place } from './node.ts'

/** The services of one file, and how to name and resolve what they refer to. */
interface Origin {
  readonly path: string
  readonly services: MapNode
}

interface Extending {
  readonly loading: Loading
  /** `SERVICE in FILE` of all that extend one another, for cycles. */
  readonly trail: readonly string[]
}

/**
 * Returns a document whose services have taken in what they extend, from this file or another one; nothing is left out of
 * the service that is extended (compose-go:loader/extends.go). A service that is not there, and a circle, are problems.
 */
export function applyExtends(document: MapNode, path: string, loading: Loading): MapNode {
  const services = child(document, 'services')
  if (services?.kind !== 'map') return document
  const origin: Origin = { path, services }
  let extended = services
  for (const [name, { value }] of services.entries) {
    const service = extendService(name, value, origin, { loading, trail: [] })
    if (service !== value) extended = withEntry(extended, name, service)
  }
  return withEntry(document, 'services', extended)
}

function extendService(name: string, service: ComposeNode, origin: Origin, extending: Extending): ComposeNode {
  const asked = child(service, 'extends')
  if (service.kind !== 'map' || asked === undefined) return service
  const { loading, trail } = extending
  const plain = withoutEntry(service, 'extends')
  const step = `${name} in ${origin.path}`
  if (trail.includes(step)) {
    const circle = trail.slice(trail.indexOf(step))
    // Each service of a circle comes back to itself; one of them says so for all.
    if (step === [...circle].sort()[0])
      loading.notes.problem(`services extend one another in a circle: ${[...circle, step].join(', ')}`, asked.place)
    return plain
  }
  const target = readTarget(asked, loading)
  if (target === null) return plain
  const from = target.file === null ? origin : readOrigin(target.file, target.place, origin, loading)
  const base = from?.services.entries.get(target.service)?.value
  if (from === null || base === undefined) {
    if (from !== null)
      loading.notes.problem(`there is no service "${target.service}" in ${from.path} to extend`, target.place)
    return plain
  }
  const extendedBase = extendService(target.service, base, from, { loading, trail: [...trail, step] })
  if (isNull(extendedBase)) return plain
  return mergeNodes(extendedBase, plain, ['services', name], loading.notes)
}

interface Target {
  readonly service: string
  readonly file: string | null
  readonly place: Place
}

function readTarget(asked: ComposeNode, { notes }: Loading): Target | null {
  const service = asked.kind === 'map' ? child(asked, 'service') : asked
  const file = child(asked, 'file')
  if (service?.kind !== 'scalar' || typeof service.value !== 'string') {
    notes.problem(
      `extends takes the name of a service, or {service, file}: this is ${describeNode(asked)}`,
      asked.place,
    )
    return null
  }
  const path = file?.kind === 'scalar' && typeof file.value === 'string' ? file.value : null
  if (file !== undefined && path === null) notes.problem('extends.file takes a path', file.place)
  return { service: service.value, file: path, place: service.place }
}

function readOrigin(file: string, place: Place, origin: Origin, loading: Loading): Origin | null {
  const { files, notes } = loading
  const path = files.resolve(files.folderOf(origin.path), file)
  const there = files.read(path)
  if (!there.ok) {
    notes.problem(`${path} cannot be read: ${there.reason}`, place)
    return null
  }
  const services = readDocuments(path, loading)
    .map((document) => child(document, 'services'))
    .find((found) => found?.kind === 'map')
  if (services?.kind === 'map') return { path, services }
  notes.problem(`${path} has no services to extend`, place)
  return null
}
