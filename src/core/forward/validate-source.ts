import { findAddressType, isMulticast } from './find-address-type.ts'
import type { ForwardIndex } from './forward-index.ts'
import { lookupRoute, type RouteDecision } from './lookup-route.ts'
import { readMaxConf } from './read-sysctl.ts'

/** A packet that has arrived and is about to be routed. */
export interface ArrivingPacket {
  readonly family: 4 | 6
  readonly source: string
  readonly destination: string
  readonly device: string
  readonly mark: number
}

/** Why the kernel discards it: its own drop reason and a sentence. */
export interface SourceRefusal {
  readonly reason: string
  readonly why: string
}

/**
 * Returns why the kernel silently discards an arriving packet before it looks for a route, or null: multicast sources,
 * loopback addresses on the wire (linux:net/ipv4/route.c ip_route_input_slow, martian_source and martian_destination).
 */
export function refuseMartian(index: ForwardIndex, packet: ArrivingPacket): SourceRefusal | null {
  const { family, source, destination, device } = packet
  if (isMulticast(family, source) || source === '255.255.255.255')
    return { reason: 'IP_INVALID_SOURCE', why: `${source} cannot be a source address.` }
  // IPv6 looks for loopback addresses on the wire alone (ip6_rcv_core), not after NAT.
  if (device === 'lo' || family === 6) return null
  const loopback = [source, destination].find((address) => address.startsWith('127.'))
  if (loopback === undefined) return null
  if (readMaxConf(index.netns, device, 'route_localnet') === 1) return null
  return {
    reason: 'IP_LOCALNET',
    why: `${loopback} is a loopback address and may not come in on ${device} (route_localnet is off there).`,
  }
}

/** Why the reverse path check discards a packet, or what of it cannot be told. */
export type SourceCheck = { readonly refusal: SourceRefusal } | { readonly unknown: string } | null

/**
 * Returns what the check of the source makes of an arriving IPv4 packet whose own route is known: own addresses from
 * outside, and the reverse path filter. `outDevice` is where the packet is about to leave, null when it is for this
 * namespace: the way back is looked up as if the answer came in there, or from `lo`, so that rules by `iif` see that device
 * and not the one the packet came by (linux:net/ipv4/fib_frontend.c __fib_validate_source). IPv6 has no such check.
 */
export function checkSource(index: ForwardIndex, packet: ArrivingPacket, outDevice: string | null): SourceCheck {
  const { source, device, destination, mark, family } = packet
  if (family === 6 || source === '0.0.0.0') return null
  const acceptLocal = readMaxConf(index.netns, device, 'accept_local') > 0
  if (findAddressType(index, family, source, null) === 'LOCAL' && device !== 'lo')
    return acceptLocal ? null : { refusal: localSource(source, device) }
  const mode = readMaxConf(index.netns, device, 'rp_filter')
  if (mode === 0) return null
  const useMark = readMaxConf(index.netns, device, 'src_valid_mark') > 0
  const back = lookupRoute(index, {
    family,
    destination: source,
    source: destination,
    inDevice: outDevice ?? 'lo',
    outDevice: null,
    mark: useMark ? mark : 0,
  })
  const ways = waysOf(back)
  if (ways === null)
    return back.kind === 'unknown' ? { unknown: back.what } : { refusal: noWayBack(packet, mode, null) }
  if (ways.includes(device) || (mode === 2 && hasAddress(index, device))) return null
  return { refusal: noWayBack(packet, mode, ways[0] ?? null) }
}

/** The devices of a route, each of which is a way back (fib_info_nh_uses_dev); null where there is none. */
function waysOf(back: RouteDecision): readonly (string | null)[] | null {
  if (back.kind === 'forward') return [back.device]
  if (back.kind === 'unknown' && back.route !== undefined) return back.route.nextHops.map((hop) => hop.device)
  return null
}

/** The loose mode is strict on a device that has no IPv4 address (`no_addr`). */
function hasAddress(index: ForwardIndex, device: string): boolean {
  return index.interfaces.get(device)?.addresses.some((entry) => entry.family === 4) === true
}

function localSource(source: string, device: string): SourceRefusal {
  const why = `${source} is this namespace's own address, yet the packet came in on ${device}.`
  return { reason: 'IP_LOCAL_SOURCE', why }
}

function noWayBack({ device, source }: ArrivingPacket, mode: number, other: string | null): SourceRefusal {
  const way = other === null ? 'does not exist' : `leaves by ${other}`
  const why = `Reverse path filter on ${device} (rp_filter=${mode}): the way back to ${source} ${way}.`
  return { reason: 'IP_RPFILTER', why }
}
