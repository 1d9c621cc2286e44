import type { Interface, PeerRef } from '../host/interface.ts'
import type { LinkEnd, RawInterface } from './ip-addr.ts'

/** The devices of one namespace, by the namespace's id. */
export interface NamespaceDevices {
  readonly id: string
  readonly interfaces: readonly RawInterface[]
}

/**
 * Completes `peer` of every veth whose other end is in a namespace that was read. `namespaces[0]` is the host's;
 * `hostNetnsIds` maps the ids that the host gives to other namespaces to theirs, or is null when it could not be read.
 *
 * A veth knows its peer's ifindex and an id of its namespace that only its own namespace understands. All containers of
 * Docker 28 call their device ifindex 2, so the index alone says nothing from the host's side: the id decides there. An
 * id that is in the map's place but not in the map means a namespace nobody here has read, never a guess. Both ends must
 * name each other.
 */
export function pairVeths(
  namespaces: readonly NamespaceDevices[],
  hostNetnsIds: ReadonlyMap<number, string> | null,
): ReadonlyMap<string, readonly Interface[]> {
  const peers = new Map<string, PeerRef>()
  const host = namespaces[0]
  for (const namespace of namespaces) pairWithin(namespace, peers)
  if (host !== undefined && hostNetnsIds !== null) pairFromHost(host, namespaces, hostNetnsIds, peers)
  const rest = hostNetnsIds === null ? namespaces : namespaces.slice(1)
  pairByBothIndexes(rest, peers)
  return new Map(
    namespaces.map(({ id, interfaces }) => [
      id,
      interfaces.map(({ device }) => ({ ...device, peer: peers.get(place(id, device)) ?? null })),
    ]),
  )
}

function place(namespace: string, device: Interface): string {
  return `${namespace} ${device.index}`
}

function isVeth({ device }: RawInterface): boolean {
  return device.kind === 'veth'
}

function join(a: string, one: Interface, b: string, other: Interface, peers: Map<string, PeerRef>): void {
  peers.set(place(a, one), { namespace: b, device: other.name })
  peers.set(place(b, other), { namespace: a, device: one.name })
}

/** Both ends in one namespace: ip knows the other's name. */
function pairWithin({ id, interfaces }: NamespaceDevices, peers: Map<string, PeerRef>): void {
  for (const { device, end } of interfaces.filter(isVeth)) {
    if (end.netnsId !== null) continue
    const other = interfaces.find((candidate) => candidate.device.name === end.peerName)
    if (other !== undefined) join(id, device, id, other.device, peers)
  }
}

function pairFromHost(
  host: NamespaceDevices,
  namespaces: readonly NamespaceDevices[],
  ids: ReadonlyMap<number, string>,
  peers: Map<string, PeerRef>,
): void {
  for (const { device, end } of host.interfaces.filter(isVeth)) {
    const there = end.netnsId === null ? undefined : namespaces.find(({ id }) => id === ids.get(end.netnsId ?? -1))
    const other = there?.interfaces.filter(isVeth).find((candidate) => candidate.device.index === end.index)
    if (there === undefined || other === undefined || other.end.index !== device.index) continue
    join(host.id, device, there.id, other.device, peers)
  }
}

interface Half {
  readonly id: string
  readonly device: Interface
  readonly end: LinkEnd
}

/** Without ids: two unpaired ends that name each other's index, when neither has another end to choose from. */
function pairByBothIndexes(namespaces: readonly NamespaceDevices[], peers: Map<string, PeerRef>): void {
  const halves = namespaces.flatMap(({ id, interfaces }) =>
    interfaces
      .filter((raw) => isVeth(raw) && raw.end.netnsId !== null && !peers.has(place(id, raw.device)))
      .map(({ device, end }): Half => ({ id, device, end })),
  )
  const fitting = (half: Half): readonly Half[] => halves.filter((other) => fits(half, other))
  for (const half of halves) {
    const [only, ...more] = fitting(half)
    if (only !== undefined && more.length === 0 && fitting(only).length === 1) {
      join(half.id, half.device, only.id, only.device, peers)
    }
  }
}

function fits(one: Half, other: Half): boolean {
  return one.id !== other.id && other.device.index === one.end.index && other.end.index === one.device.index
}
