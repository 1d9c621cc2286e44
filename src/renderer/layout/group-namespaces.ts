import { joinedContainer } from '../../core/host/joined-container.ts'
import type { Container, DockerNetwork } from '../../core/host/container.ts'
import type { HostState } from '../../core/host/host-state.ts'
import type { Interface } from '../../core/host/interface.ts'
import type { NetNamespace } from '../../core/host/namespace.ts'

/** One box of the containers' column: a namespace, or a container in the host's own. */
export interface Member {
  readonly id: string
  /** The namespace by its trace name; `host` for a container that shares the host's stack. */
  readonly netns: string
  readonly namespace: NetNamespace | null
  /** All containers in it, the one that owns it first. */
  readonly containers: readonly Container[]
  readonly name: string
}

/** The boxes that stand beside one bridge (or driver), in the order in which they are drawn. */
export interface Group {
  readonly id: string
  readonly kind: 'bridge' | 'driver' | 'host' | 'none' | 'other'
  readonly label: string
  /** The bridge device in the host's namespace, for `bridge`. */
  readonly bridge: Interface | null
  readonly network: DockerNetwork | null
  readonly members: readonly Member[]
}

const byName = new Intl.Collator('en', { numeric: true }).compare

/**
 * Returns everything that stands left of the host's stack, by network: Docker's default bridge first, then its other
 * networks by name, then bridges that Docker does not know, then containers without a network of their own. A namespace
 * on several networks stands with that of its first device. The order depends on names alone, so a refresh keeps it.
 */
export function groupNamespaces(state: HostState): readonly Group[] {
  const host = state.namespaces[0]
  const groups = new Map<string, Omit<Group, 'members'> & { readonly members: Member[] }>()
  const open = (group: Omit<Group, 'members'>) => {
    if (!groups.has(group.id)) groups.set(group.id, { ...group, members: [] })
  }
  for (const device of host?.interfaces ?? []) {
    if (device.kind === 'bridge') open(bridgeGroup(state, device))
  }
  for (const network of state.networks) {
    if (network.driver === 'macvlan' || network.driver === 'ipvlan') open(driverGroup(network))
  }
  open({ id: 'other', kind: 'other', label: 'other namespaces', bridge: null, network: null })
  open({ id: 'host', kind: 'host', label: 'host network', bridge: null, network: null })
  open({ id: 'none', kind: 'none', label: 'no network', bridge: null, network: null })
  for (const member of membersOf(state)) groups.get(groupIdOf(state, member))?.members.push(member)
  const all = [...groups.values()].map((group) => ({
    ...group,
    members: group.members.toSorted((a, b) => byName(a.name, b.name) || (a.id < b.id ? -1 : 1)),
  }))
  return all.filter((group) => group.kind === 'bridge' || group.members.length > 0).sort(compareGroups)
}

function membersOf(state: HostState): readonly Member[] {
  const host = state.namespaces[0]
  const members: Member[] = []
  for (const namespace of state.namespaces.slice(1)) {
    const containers = state.containers
      .filter((container) => container.namespace === namespace.id)
      .sort((a, b) => Number(sharesAnother(a)) - Number(sharesAnother(b)) || byName(a.name, b.name))
    const name = containers[0]?.name ?? namespace.name
    members.push({ id: namespace.name, netns: namespace.name, namespace, containers, name })
  }
  for (const container of state.containers) {
    if (host !== undefined && container.namespace === host.id) {
      members.push({
        id: `host:${container.name}`,
        netns: host.name,
        namespace: null,
        containers: [container],
        name: container.name,
      })
    } else if (container.namespace === null && (container.state === 'running' || container.state === 'paused')) {
      const netns = `container:${container.name}`
      members.push({ id: netns, netns, namespace: null, containers: [container], name: container.name })
    }
  }
  return members
}

function sharesAnother(container: Container): boolean {
  return joinedContainer(container.networkMode) !== null
}

function groupIdOf(state: HostState, member: Member): string {
  if (member.id.startsWith('host:')) return 'host'
  for (const device of member.namespace?.interfaces ?? []) {
    const bridge = bridgeBehind(state, device)
    if (bridge !== null) return `bridge:${bridge}`
    if (device.kind === 'macvlan' || device.kind === 'ipvlan') {
      const endpoint = member.containers.flatMap((each) => each.endpoints).find((each) => isOn(each, device))
      const network = state.networks.find(
        (each) => each.id === endpoint?.network || each.name === endpoint?.networkName,
      )
      if (network !== undefined) return `driver:${network.name}`
    }
  }
  if (member.namespace === null) return groupOfUnread(state, member)
  const wired = member.namespace.interfaces.some((device) => device.kind !== 'loopback' && device.kind !== 'tun')
  return wired || member.containers.length === 0 ? 'other' : 'none'
}

/** A namespace that could not be read stands where Docker says its container is attached. */
function groupOfUnread(state: HostState, member: Member): string {
  const endpoint = member.containers[0]?.endpoints[0]
  const network = state.networks.find((each) => each.name === endpoint?.networkName)
  if (network?.bridge && state.namespaces[0]?.interfaces.some((device) => device.name === network.bridge)) {
    return `bridge:${network.bridge}`
  }
  return 'other'
}

function isOn(endpoint: Container['endpoints'][number], device: Interface): boolean {
  return device.addresses.some(({ address }) => address === endpoint.ipv4 || address === endpoint.ipv6)
}

/** Returns the host bridge that a device in a container leads to by its veth pair; null when it leads to none. */
function bridgeBehind(state: HostState, device: Interface): string | null {
  return hostPeerOf(state, device)?.master ?? null
}

/** Returns the host's end of a container's veth pair; null for other devices and for an end that was not found. */
export function hostPeerOf(state: HostState, device: Interface): Interface | null {
  const host = state.namespaces[0]
  if (host === undefined || device.peer === null || device.peer.namespace !== host.id) return null
  return host.interfaces.find((each) => each.name === device.peer?.device) ?? null
}

function bridgeGroup(state: HostState, device: Interface): Omit<Group, 'members'> {
  const network = state.networks.find((each) => each.bridge === device.name) ?? null
  return { id: `bridge:${device.name}`, kind: 'bridge', label: network?.name ?? device.name, bridge: device, network }
}

function driverGroup(network: DockerNetwork): Omit<Group, 'members'> {
  return { id: `driver:${network.name}`, kind: 'driver', label: network.name, bridge: null, network }
}

/**
 * Returns the host's device that a macvlan or ipvlan network sits on, and in which mode: from a device of its containers, else
 * from the network's options. Null where neither says.
 */
export function parentOfGroup(group: Group): { readonly device: string; readonly mode: string | null } | null {
  for (const member of group.members) {
    const device = member.namespace?.interfaces.find(
      (each) => each.kind === group.network?.driver && each.parent !== undefined && isOnNetwork(group, member, each),
    )
    if (device?.parent !== undefined) return { device: device.parent.device, mode: device.mode ?? null }
  }
  const options = group.network?.options ?? {}
  const device = options['parent']
  const mode = options['macvlan_mode'] ?? options['ipvlan_mode'] ?? null
  return device === undefined ? null : { device, mode }
}

function isOnNetwork({ network }: Group, { containers }: Member, device: Interface): boolean {
  const endpoints = containers.flatMap((each) => each.endpoints)
  return endpoints.some((each) => each.networkName === network?.name && isOn(each, device))
}

function compareGroups(a: Group, b: Group): number {
  return rank(a) - rank(b) || byName(a.label, b.label) || (a.id < b.id ? -1 : 1)
}

function rank(group: Group): number {
  if (group.kind === 'bridge') return group.network === null ? 3 : group.network.name === 'bridge' ? 0 : 1
  return { driver: 2, other: 4, host: 5, none: 6 }[group.kind]
}
