import type { Container, DockerNetwork } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { WatchTarget } from './watch.ts'

/** A namespace that is to be listened to. */
export interface PlannedPlace {
  readonly netns: NetNamespace
  /** A process in it; 0 for the host's own. */
  readonly pid: number
  /** BPF that confines what is seen there to the target; empty for all. */
  readonly scope: string
  /**
   * Addresses and prefixes of which an end of a conversation must be one, before or after translation; null for all. A
   * filter cannot know which of the host's own connections stand for a container's: conntrack tells it afterwards.
   */
  readonly concerns: readonly string[] | null
}

/** What a target means on a host. */
export interface PlannedWatch {
  readonly label: string
  readonly places: readonly PlannedPlace[]
  readonly lacks: readonly string[]
  /** Connections are listed before a packet of them was seen: nothing but the target's addresses decides what is shown. */
  readonly listsAll: boolean
}

export type PlanOutcome =
  | { readonly ok: true; readonly plan: PlannedWatch }
  | { readonly ok: false; readonly message: string; readonly hint: string }

/** Returns where to listen for a target, or why it cannot be watched. */
export function planWatch(state: HostState, target: WatchTarget): PlanOutcome {
  const host = state.namespaces[0]
  if (host === undefined) return refuse('the host could not be read', 'read it again')
  switch (target.kind) {
    case 'host':
      return planned({ label: 'host', places: [everything(host, 0)] })
    case 'container':
      return planContainer(state, host, target.name)
    case 'network':
      return planNetwork(state, host, target.name)
    case 'device':
      return planDevice(state, host, target.netns, target.device)
    default:
      return target satisfies never
  }
}

function planContainer(state: HostState, host: NetNamespace, name: string): PlanOutcome {
  const container = findContainer(state, name)
  if (container === null) return refuse(`there is no container "${name}"`, 'take a name that `docker ps` shows')
  const netns = state.namespaces.find(({ id }) => id === container.namespace)
  if (netns === undefined || container.pid === 0)
    return refuse(`container "${container.name}" is not running`, `start it with: docker start ${container.name}`)
  const label = `container ${container.name}`
  if (netns === host) return planned({ label: `${label} (the host's network)`, places: [everything(host, 0)] })
  const addresses = addressesOf(netns)
  const places = [everything(netns, container.pid)]
  if (addresses.length > 0) places.push(confined(host, addresses))
  return planned({ label, places })
}

function planNetwork(state: HostState, host: NetNamespace, name: string): PlanOutcome {
  const network = findNetwork(state, name)
  if (network === null) return refuse(`there is no network "${name}"`, 'take a name that `docker network ls` shows')
  const label = `network ${network.name}`
  if (network.driver === 'null') return refuse(`network "${network.name}" carries nothing`, 'watch another one')
  if (network.driver === 'host') return planned({ label, places: [everything(host, 0)] })
  const prefixes = network.subnets.map(({ prefix }) => prefix)
  if (prefixes.length === 0) return refuse(`network "${network.name}" has no subnet`, 'watch its containers')
  if (network.driver === 'bridge') return planned({ label, places: [confined(host, prefixes)] })
  return planInside(state, network, prefixes, label)
}

/** What containers on macvlan, ipvlan and overlay networks say to each other does not pass the host's devices. */
function planInside(state: HostState, network: DockerNetwork, prefixes: readonly string[], label: string): PlanOutcome {
  const places = state.namespaces.flatMap((netns, index): readonly PlannedPlace[] => {
    const inside = state.containers.find(
      (one) => one.namespace === netns.id && one.pid !== 0 && one.endpoints.some((end) => end.network === network.id),
    )
    if (inside === undefined || index === 0) return []
    return [{ netns, pid: inside.pid, scope: hostsFilter(prefixes), concerns: prefixes }]
  })
  if (places.length === 0) return refuse(`nobody runs on network "${network.name}"`, 'start a container on it')
  const why = `containers that join network ${network.name} later are not watched: it is listened to inside them`
  return planned({ label, places, lacks: [why] })
}

function planDevice(state: HostState, host: NetNamespace, place: string, name: string): PlanOutcome {
  const container = place.startsWith('container:') ? findContainer(state, place.slice('container:'.length)) : null
  const netns =
    state.namespaces.find((one) => one.name === place) ?? state.namespaces.find(({ id }) => id === container?.namespace)
  if (netns === undefined) return refuse(`there is no namespace "${place}"`, 'write host, or container:NAME')
  const device = netns.interfaces.find((one) => one.name === name)
  if (device === undefined) return refuse(`there is no interface "${name}" in ${place}`, `it has ${namesOf(netns)}`)
  const pid = netns === host ? 0 : findPid(state, netns.id)
  if (pid === null) return refuse(`no process lives in ${place}, so it cannot be entered`, 'watch the host')
  const only = { netns, pid, scope: `ifindex ${device.index}`, concerns: null }
  return planned({ label: `${name} in ${netns.name}`, places: [only], listsAll: false })
}

function planned(plan: Pick<PlannedWatch, 'label' | 'places'> & Partial<PlannedWatch>): PlanOutcome {
  return { ok: true, plan: { lacks: [], listsAll: true, ...plan } }
}

function refuse(message: string, hint: string): PlanOutcome {
  return { ok: false, message, hint }
}

function everything(netns: NetNamespace, pid: number): PlannedPlace {
  return { netns, pid, scope: '', concerns: null }
}

/** In the host: what the addresses themselves say, and what may be theirs under one of the host's own. */
function confined(host: NetNamespace, addresses: readonly string[]): PlannedPlace {
  return { netns: host, pid: 0, scope: hostsFilter([...addresses, ...outerAddresses(host)]), concerns: addresses }
}

function hostsFilter(addresses: readonly string[]): string {
  return [...new Set(addresses)].map((one) => (one.includes('/') ? `net ${one}` : `host ${one}`)).join(' or ')
}

/** Those under which translated connections leave: of devices that lead out. */
function outerAddresses({ interfaces }: NetNamespace): readonly string[] {
  return interfaces
    .filter(({ kind }) => kind !== 'bridge' && kind !== 'loopback')
    .flatMap(({ addresses }) => addresses.filter(({ scope }) => scope === 'global').map(({ address }) => address))
}

function addressesOf({ interfaces }: NetNamespace): readonly string[] {
  return interfaces.flatMap(({ addresses }) =>
    addresses.filter(({ scope }) => scope === 'global' || scope === 'site').map(({ address }) => address),
  )
}

/** The shortest prefix of an id that counts: shorter ones are names. */
const SHORTEST_ID = 4

function findContainer({ containers }: HostState, name: string): Container | null {
  const byName = containers.find((one) => one.name === name)
  if (byName !== undefined) return byName
  return byId(containers, name)
}

function findNetwork({ networks }: HostState, name: string): DockerNetwork | null {
  return networks.find((one) => one.name === name) ?? byId(networks, name)
}

function byId<T extends { readonly id: string }>(all: readonly T[], prefix: string): T | null {
  if (prefix.length < SHORTEST_ID) return null
  const found = all.filter(({ id }) => id.startsWith(prefix))
  return found.length === 1 ? (found[0] ?? null) : null
}

function findPid({ containers }: HostState, namespace: string): number | null {
  return containers.find((one) => one.namespace === namespace && one.pid !== 0)?.pid ?? null
}

function namesOf({ interfaces }: NetNamespace): string {
  return interfaces.map(({ name }) => name).join(', ')
}
