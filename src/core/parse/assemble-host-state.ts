import { wordContainerGap } from '../host/container-gap.ts'
import type { Container, DockerNetwork } from '../host/container.ts'
import { type EngineInfo, type Gap, HOST_STATE_SCHEMA, type HostState, type NameAnswer } from '../host/host-state.ts'
import type { Interface } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'
import { assembleNamespace, type RawNamespace } from './assemble-namespace.ts'
import { type ContainerFacts, parseContainers } from './docker-containers.ts'
import { parseNetworks } from './docker-networks.ts'
import { findParents, isStacked } from './find-parents.ts'
import type { Frame } from './frames.ts'
import { isRecord, recordsOf, textOf, textsOf } from './json-value.ts'
import { pairVeths } from './pair-veths.ts'
import type { ParseProblem } from './problem.ts'
import { type ReadParts, readParts } from './read-parts.ts'

/** The Docker API's answers, as they came. */
export interface DockerAnswers {
  readonly version: unknown
  readonly info: unknown
  readonly containers: readonly unknown[]
  readonly networks: readonly unknown[]
}

/** All that was read of a host, before anyone made sense of it. */
export interface HostParts {
  readonly capturedAt: string
  readonly docker: DockerAnswers
  /** Empty when the helper could not be used; `noProbe` then says why. */
  readonly frames: readonly Frame[]
  readonly frameProblems: readonly ParseProblem[]
  readonly noProbe: string | null
  readonly names: readonly NameAnswer[]
}

/** The same with the helper's words taken apart: what a host's state is joined of. `mergeHost` replaces some of it. */
export interface HostPieces extends Omit<HostParts, 'frames'> {
  readonly read: ReadParts
}

/** Assembles a host's state. What was not read is a gap in it; no input makes it throw. */
export function assembleHostState({ frames, ...parts }: HostParts): HostState {
  return joinHost({ ...parts, read: readParts(frames) })
}

/** Joins the pieces of a host to its state. */
export function joinHost({ capturedAt, docker, read, frameProblems, noProbe, names }: HostPieces): HostState {
  const containers = parseContainers(docker.containers, (pid) => factsOf(read, pid))
  const networks = parseNetworks(docker.networks)
  const raw = orderNamespaces(read)
  const namespaces = nameNamespaces(raw, read.self, containers.value, read.netnsIds)
  const info = isRecord(docker.info) ? docker.info : {}
  return {
    schema: HOST_STATE_SCHEMA,
    origin: noProbe === null ? 'probe' : 'api',
    capturedAt,
    hostname: textOf(info, 'Name') ?? read.hostname ?? '',
    kernel: textOf(info, 'KernelVersion') ?? read.kernel ?? '',
    engine: engineOf(docker, namespaces[0], containers.value),
    namespaces,
    containers: containers.value,
    networks: networks.value,
    names,
    ...(read.resolvConf === null ? {} : { resolvConf: read.resolvConf }),
    gaps: [
      ...(noProbe === null ? [] : [{ namespace: null, what: 'namespace', why: noProbe }]),
      ...[...frameProblems, ...containers.problems, ...networks.problems].map(toGap),
      ...raw.flatMap(({ gaps }) => (noProbe === null ? gaps : [])),
      ...(noProbe === null ? pidGaps(read, containers.value, networks.value) : []),
      ...peerGaps(namespaces),
      ...parentGaps(namespaces),
    ],
  }
}

function factsOf({ processes }: ReadParts, pid: number): ContainerFacts {
  const { namespace = null, resolvConf = null, hosts = null } = processes.get(pid) ?? {}
  return { namespace, resolvConf, hosts }
}

function toGap(problem: ParseProblem): Gap {
  return { namespace: null, what: 'namespace', why: problem.message }
}

/** The host's own namespace first, the others in the order of their ids. */
function orderNamespaces({ self, namespaces }: ReadParts): readonly RawNamespace[] {
  const others = [...namespaces.keys()].filter((id) => id !== self).sort((a, b) => Number(a) - Number(b))
  return [self, ...others].map((id) => namespaces.get(id) ?? assembleNamespace(id, new Map()))
}

function nameNamespaces(
  raw: readonly RawNamespace[],
  self: string,
  containers: readonly Container[],
  ids: ReadonlyMap<number, string> | null,
): readonly NetNamespace[] {
  const devices = raw.map(({ namespace, interfaces }) => ({ id: namespace.id, interfaces }))
  const paired = pairVeths(devices, ids)
  const parents = findParents(
    raw.map((each) => ({ ...each, id: each.namespace.id, netnsIds: each.namespace.id === self ? ids : each.netnsIds })),
  )
  return raw.map(({ namespace }) => {
    const inside = containers.filter((container) => container.namespace === namespace.id)
    // Who joined by `--network container:X` did not bring the namespace along.
    const owner = inside.find((container) => !container.networkMode.startsWith('container:')) ?? inside[0]
    const name =
      namespace.id === self ? 'host' : owner === undefined ? `sandbox:${namespace.id}` : `container:${owner.name}`
    return {
      ...namespace,
      name,
      containers: inside.map((container) => container.name),
      interfaces: (paired.get(namespace.id) ?? []).map((device) => {
        const parent = parents.get(`${namespace.id} ${device.index}`)
        return parent === undefined ? device : { ...device, parent }
      }),
    }
  })
}

function engineOf(docker: DockerAnswers, host: NetNamespace | undefined, containers: readonly Container[]): EngineInfo {
  const version = isRecord(docker.version) ? docker.version : {}
  const info = isRecord(docker.info) ? docker.info : {}
  const podman = recordsOf(version, 'Components').some((part) => (textOf(part, 'Name') ?? '').startsWith('Podman'))
  const number = textOf(version, 'Version') ?? ''
  return {
    name: podman ? 'podman' : 'docker',
    version: number,
    apiVersion: textOf(version, 'ApiVersion') ?? '',
    generation: podman ? 0 : Number.parseInt(number, 10) || 0,
    rootless: textsOf(info, 'SecurityOptions').some((option) => option.includes('name=rootless')),
    userlandProxy: userlandProxy(host, containers),
  }
}

/** The API does not tell: a running docker-proxy does, and so does a published port that has none. */
function userlandProxy(host: NetNamespace | undefined, containers: readonly Container[]): boolean | null {
  if (host === undefined || host.sockets === null) return null
  if (host.sockets.some((socket) => socket.process?.name === 'docker-proxy')) return true
  const published = containers.some(
    (container) => container.state === 'running' && container.published.some(({ hostPort }) => hostPort !== 0),
  )
  return published ? false : null
}

function pidGaps(
  { processes }: ReadParts,
  containers: readonly Container[],
  networks: readonly DockerNetwork[],
): readonly Gap[] {
  return containers.flatMap((container) => {
    const { pid, name, namespace, networkMode } = container
    if (pid === 0 || namespace !== null || networkMode === 'host') return []
    const why = processes.get(pid)?.why ?? 'it was started while the host was read'
    const what = isBehindBridges(container, networks) ? 'container' : 'namespace'
    return [{ namespace: null, what, why: wordContainerGap(name, why) }]
  })
}

/**
 * Tells whether frames come to a container by bridges' ports alone: a port whose far end was not read says so by itself, and
 * all else can be predicted. What a macvlan device in it would take from its parent is not seen at the parent.
 */
function isBehindBridges({ endpoints }: Container, networks: readonly DockerNetwork[]): boolean {
  const drivers = new Map(networks.map(({ id, driver }) => [id, driver]))
  return endpoints.every(({ network }) => ['bridge', 'null', 'host'].includes(drivers.get(network) ?? ''))
}

/**
 * A veth of the host's that is no bridge's port and has addresses is its NIC, as in a virtual machine that is a container:
 * what is behind it lies outside, and nothing is missing.
 */
function isUplink(device: Interface, namespace: number): boolean {
  return namespace === 0 && device.master === null && device.addresses.some(({ scope }) => scope === 'global')
}

function peerGaps(namespaces: readonly NetNamespace[]): readonly Gap[] {
  return namespaces.flatMap(({ id, interfaces }, index) =>
    interfaces
      .filter((device) => device.kind === 'veth' && device.peer === null && !isUplink(device, index))
      .map(({ name }) => ({
        namespace: id,
        what: `veth-peer ${name}`,
        why: `the other end of ${name} is in a namespace that was not read`,
      })),
  )
}

function parentGaps(namespaces: readonly NetNamespace[]): readonly Gap[] {
  return namespaces.flatMap(({ id, interfaces }) =>
    interfaces
      .filter((device) => isStacked(device) && device.parent === undefined)
      .map(({ name, kind }) => ({
        namespace: id,
        what: `parent ${name}`,
        why: `the device that ${kind} ${name} sits on is in a namespace that was not read, or not known`,
      })),
  )
}
