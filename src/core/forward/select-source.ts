import type { Interface, InterfaceAddress } from '../host/interface.ts'
import { compilePrefix, contains, toBits } from './compile-prefix.ts'
import type { ForwardIndex } from './forward-index.ts'
import type { RouteDecision } from './lookup-route.ts'
import { selectIpv6Source } from './select-ipv6-source.ts'

/**
 * Returns the address that the kernel takes on a device towards a next hop: the first primary address whose subnet holds
 * it, else the first primary one, else one of another device (linux:net/ipv4/devinet.c inet_select_addr). Null when the
 * namespace has none. For IPv6 what RFC 6724 chooses; `nextHop` is then the destination itself.
 */
export function selectAddress(
  index: ForwardIndex,
  family: 4 | 6,
  deviceName: string,
  nextHop: string | null,
  scope: 'global' | 'link' = 'global',
): string | null {
  if (family === 6) return selectIpv6Source(index, deviceName, nextHop ?? '::')
  const device = index.interfaces.get(deviceName)
  const own = device === undefined ? null : selectOnDevice(device, family, nextHop, scope)
  if (own !== null) return own
  for (const other of index.interfaces.values()) {
    const address = other.addresses.find((entry) => entry.family === 4 && entry.primary && entry.scope === 'global')
    if (address !== undefined) return address.address
  }
  return null
}

function selectOnDevice(
  device: Interface,
  family: 4 | 6,
  nextHop: string | null,
  scope: 'global' | 'link',
): string | null {
  const usable = device.addresses.filter(
    (entry) => entry.family === family && isUsable(entry) && (entry.scope === 'global' || entry.scope === scope),
  )
  if (nextHop === null) return usable[0]?.address ?? null
  const bits = toBits(nextHop)
  const near = usable.find((entry) => contains(compilePrefix(`${entry.address}/${entry.prefixLength}`), bits))
  return (near ?? usable[0])?.address ?? null
}

function isUsable(entry: InterfaceAddress): boolean {
  return entry.primary && entry.tentative !== true
}

/**
 * Returns the source address that a local packet gets: the route's `src`, for a local destination the destination's own
 * route, else the device's (linux:net/ipv4/route.c ip_route_output_key_hash_rcu). Null when there is none.
 */
export function selectSource(
  index: ForwardIndex,
  family: 4 | 6,
  destination: string,
  decision: RouteDecision,
): string | null {
  switch (decision.kind) {
    case 'local':
      return decision.route.preferredSource ?? destination
    case 'broadcast':
    case 'multicast':
      return decision.route.preferredSource ?? selectAddress(index, family, decision.device, null, 'link')
    case 'forward':
      return (
        decision.route.preferredSource ??
        (family === 6
          ? selectIpv6Source(index, decision.device, destination)
          : selectAddress(index, 4, decision.device, decision.via, decision.route.scope === 'link' ? 'link' : 'global'))
      )
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'none':
    case 'unknown':
      return null
    default:
      return decision satisfies never
  }
}
