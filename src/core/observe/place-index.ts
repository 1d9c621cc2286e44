import type { HostState } from '../host/host-state.ts'
import type { Interface } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'
import { isEdge } from '../trace/hop-kind.ts'

/** The other end of a device's wire. */
export interface FarEnd {
  readonly netns: string
  readonly device: string
}

/** Finds namespaces and devices by the names that hops have. What the state does not have is null, never guessed. */
export interface PlaceIndex {
  netns(name: string): NetNamespace | null
  device(netns: string, name: string): Interface | null
  /** The bridge that a device is a port of. */
  bridgeOf(netns: string, device: string): Interface | null
  farEnd(netns: string, device: string): FarEnd | null
  /** Whether a device is a wire to machines outside. */
  leadsOut(netns: string, device: string): boolean
  owns(netns: string, address: string): boolean
  /** Whether frames that a bridge forwards visit the IP hooks (br_netfilter). */
  filtersBridged(netns: string, bridge: string, family: 4 | 6): boolean
}

/** Returns the index of a host's places. */
export function indexPlaces(state: HostState): PlaceIndex {
  const namespaces = new Map(state.namespaces.map((each) => [each.name, each]))
  const names = new Map(state.namespaces.map((each) => [each.id, each.name]))
  const devices = new Map(
    state.namespaces.flatMap((each) => each.interfaces.map((device) => [`${each.name} ${device.name}`, device])),
  )
  const device = (netns: string, name: string): Interface | null => devices.get(`${netns} ${name}`) ?? null
  return {
    netns: (name) => namespaces.get(name) ?? null,
    device,
    bridgeOf: (netns, name) => {
      const master = device(netns, device(netns, name)?.master ?? '')
      return master?.kind === 'bridge' ? master : null
    },
    farEnd: (netns, name) => {
      const peer = device(netns, name)?.peer ?? null
      const far = peer === null ? undefined : names.get(peer.namespace)
      return peer === null || far === undefined ? null : { netns: far, device: peer.device }
    },
    leadsOut: (netns, name) => {
      const found = device(netns, name)
      return found !== null && isEdge(found)
    },
    owns: (netns, address) =>
      address.startsWith('127.') ||
      namespaces.get(netns)?.interfaces.some(({ addresses }) => addresses.some((each) => each.address === address)) ===
        true,
    filtersBridged: (netns, bridge, family) =>
      filtersBridged(namespaces.get(netns), device(netns, bridge)?.bridge, family),
  }
}

function filtersBridged(netns: NetNamespace | undefined, bridge: Interface['bridge'], family: 4 | 6): boolean {
  const name = family === 4 ? 'bridge-nf-call-iptables' : 'bridge-nf-call-ip6tables'
  const own = family === 4 ? bridge?.nfCallIptables : bridge?.nfCallIp6tables
  return netns?.sysctls[`bridge/${name}`] === '1' || own === true
}
