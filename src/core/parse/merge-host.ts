import type { HostPieces } from './assemble-host-state.ts'
import { isRecord, type JsonRecord, numberOf, recordOf, textOf, textsOf } from './json-value.ts'
import type { ReadParts } from './read-parts.ts'

/** What was read anew of a host, and nothing but that. */
export interface HostChange {
  readonly capturedAt: string
  /** The API's answers by id; null for what is no more. */
  readonly containers: ReadonlyMap<string, unknown>
  readonly networks: ReadonlyMap<string, unknown>
  /** What the helper printed of the host itself and of some processes; null on a host that is known by the API alone. */
  readonly read: ReadParts | null
}

/**
 * Returns a host's pieces with those of a change in the place of the old ones, as if all had been read anew: processes and
 * namespaces to which no container belongs any more are gone. Names that were asked are forgotten, as they are by a full
 * reading. Null when the change is of another host, or known in another way: then only a full reading helps.
 */
export function mergeHost(known: HostPieces, change: HostChange): HostPieces | null {
  if ((change.read === null) !== (known.noProbe !== null)) return null
  if (change.read !== null && change.read.self !== known.read.self) return null
  const containers = replaceById(known.docker.containers, change.containers)
  const networks = replaceById(known.docker.networks, change.networks)
  return {
    ...known,
    capturedAt: change.capturedAt,
    docker: { ...known.docker, containers, networks },
    read: change.read === null ? known.read : mergeRead(known.read, change.read, containers),
    names: [],
  }
}

function replaceById(known: readonly unknown[], changed: ReadonlyMap<string, unknown>): readonly unknown[] {
  const kept = known.filter((record) => !isRecord(record) || !changed.has(textOf(record, 'Id') ?? ''))
  return [...kept, ...[...changed.values()].filter((record) => record !== null)]
}

/** Inode and process numbers are used again: what was read last holds. */
function mergeRead(known: ReadParts, read: ReadParts, containers: readonly unknown[]): ReadParts {
  const pids = new Set(containers.flatMap(processOf))
  const processes = new Map([...known.processes, ...read.processes].filter(([pid]) => pids.has(pid)))
  const inUse = new Set([read.self, ...[...processes.values()].flatMap(({ namespace }) => namespace ?? [])])
  const namespaces = new Map([...known.namespaces, ...read.namespaces].filter(([id]) => inUse.has(id)))
  return { ...read, processes, namespaces }
}

/**
 * Returns which containers must be read anew when some have changed: those; the ones that live in a namespace with one of
 * them, which loses its devices when that one ends; and the ones that are linked to one of them, into whose hosts file the
 * engine writes its address (daemon/network.go: updateNetwork).
 */
export function findConcerned(known: HostPieces, ids: readonly string[]): readonly string[] {
  const records = known.docker.containers.filter(isRecord)
  const changed = records.filter((record) => ids.includes(textOf(record, 'Id') ?? ''))
  const namespaceOf = (record: JsonRecord): readonly string[] =>
    processOf(record).flatMap((pid) => known.read.processes.get(pid)?.namespace ?? [])
  const namespaces = new Set(changed.flatMap(namespaceOf))
  namespaces.delete(known.read.self)
  const names = new Set(changed.flatMap((record) => textOf(record, 'Name') ?? []))
  const others = records.filter(
    (record) => namespaceOf(record).some((id) => namespaces.has(id)) || linksOf(record).some((name) => names.has(name)),
  )
  return [...new Set([...ids, ...others.flatMap((record) => textOf(record, 'Id') ?? [])])]
}

/** Returns the process id of a container's record, if it runs. */
export function processOf(record: unknown): readonly number[] {
  const pid = isRecord(record) ? numberOf(recordOf(record, 'State'), 'Pid') : null
  return pid === null || pid === 0 ? [] : [pid]
}

/** `/c1:/c2/alias` is a link of c2 to c1. */
function linksOf(record: JsonRecord): readonly string[] {
  return textsOf(recordOf(record, 'HostConfig'), 'Links').map((link) => link.split(':')[0] ?? '')
}
