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
 * Returns the processes to read when some containers have changed (their new records by id, null for those that are gone):
 * their own; those of the containers that live in a namespace with one of them, which loses its devices when that one ends;
 * and those that are linked to one of them, into whose hosts file the engine writes its address (daemon/network.go:
 * updateNetwork).
 */
export function findProcesses(known: HostPieces, changed: ReadonlyMap<string, unknown>): readonly number[] {
  const before = known.docker.containers.filter(isRecord)
  const isChanged = (record: JsonRecord): boolean => changed.has(textOf(record, 'Id') ?? '')
  const now = [...changed.values()].filter(isRecord)
  const concerned = [...before.filter(isChanged), ...now]
  const namespaceOf = (record: JsonRecord): readonly string[] =>
    processOf(record).flatMap((pid) => known.read.processes.get(pid)?.namespace ?? [])
  const namespaces = new Set(concerned.flatMap(namespaceOf))
  const names = new Set(concerned.flatMap((record) => textOf(record, 'Name') ?? []))
  const others = before.filter((record) => {
    if (isChanged(record)) return false
    return namespaceOf(record).some((id) => namespaces.has(id)) || linksOf(record).some((name) => names.has(name))
  })
  return [...new Set([...now, ...others].flatMap(processOf))]
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
