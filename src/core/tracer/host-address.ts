import { lookupRoute } from '../forward/lookup-route.ts'
import { selectAddress } from '../forward/select-source.ts'
import type { Interface } from '../host/interface.ts'
import { isEdge } from './hop-log.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/** A NIC, its own address and the default gateway behind it where there is one. */
export interface Uplink {
  readonly device: Interface
  readonly address: string
  readonly gateway: string | null
}

/** Destinations of no machine, of more than one range, since a sandbox's LAN may be one of them: what routes to them is the default route. */
const ANYWHERE = {
  4: ['192.0.2.255', '198.51.100.255', '203.0.113.255'],
  6: ['2001:db8:ffff:ffff::1'],
} as const

const uplinks = new WeakMap<PreparedNamespace, Map<4 | 6, Uplink | null>>()

/** Returns the NIC of the default route, else the first NIC that has an address of the family; null without any. */
export function findUplink(ns: PreparedNamespace, family: 4 | 6): Uplink | null {
  let known = uplinks.get(ns)
  if (known === undefined) uplinks.set(ns, (known = new Map()))
  let uplink = known.get(family)
  if (uplink === undefined) known.set(family, (uplink = searchUplink(ns, family)))
  return uplink
}

function searchUplink(ns: PreparedNamespace, family: 4 | 6): Uplink | null {
  const routed = ANYWHERE[family]
    .map((destination) => findRouted(ns, family, destination))
    .filter((each) => each !== null)
  const best = routed.find(({ gateway }) => gateway !== null) ?? routed[0]
  if (best !== undefined) return best
  for (const device of ns.netns.interfaces) {
    if (!isEdge(device)) continue
    const address = device.addresses.find((entry) => entry.family === family && entry.scope === 'global')
    if (address !== undefined) return { device, address: address.address, gateway: null }
  }
  return null
}

function findRouted(ns: PreparedNamespace, family: 4 | 6, destination: string): Uplink | null {
  const query = { family, destination, source: null, inDevice: 'lo', outDevice: null, mark: 0 }
  const route = lookupRoute(ns.index, query)
  if (route.kind !== 'forward') return null
  const device = ns.index.interfaces.get(route.device)
  const address = selectAddress(ns.index, family, route.device, family === 6 ? destination : route.via)
  return device === undefined || address === null ? null : { device, address, gateway: route.via }
}

/** Returns the address that `host` means: the NIC's, else the first global address, else 127.0.0.1. */
export function findHostAddress(ns: PreparedNamespace, family: 4 | 6): string {
  const uplink = findUplink(ns, family)
  if (uplink !== null) return uplink.address
  for (const device of ns.netns.interfaces) {
    const address = device.addresses.find((entry) => entry.family === family && entry.scope === 'global')
    if (address !== undefined) return address.address
  }
  return family === 4 ? '127.0.0.1' : '::1'
}
