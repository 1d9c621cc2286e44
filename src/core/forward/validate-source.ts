import { findAddressType, isMulticast } from './find-address-type.ts'
import type { ForwardIndex } from './forward-index.ts'
import { lookupRoute } from './lookup-route.ts'
import { readMaxConf, readSysctl } from './read-sysctl.ts'

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
 * Returns why the kernel silently discards an arriving IPv4 packet before it routes it, or null: martian sources,
 * loopback addresses on the wire, own addresses from outside, and the reverse path filter
 * (linux:net/ipv4/route.c ip_route_input_slow, net/ipv4/fib_frontend.c __fib_validate_source). IPv6 has no such check
 * but multicast and loopback sources.
 */
export function validateSource(index: ForwardIndex, packet: ArrivingPacket): SourceRefusal | null {
  return refuseMartian(index, packet) ?? (packet.family === 4 ? refuseReversePath(index, packet) : null)
}

function refuseMartian(index: ForwardIndex, packet: ArrivingPacket): SourceRefusal | null {
  const { family, source, destination, device } = packet
  if (isMulticast(family, source) || source === '255.255.255.255')
    return { reason: 'IP_INVALID_SOURCE', why: `${source} cannot be a source address.` }
  if (device === 'lo') return null
  const loopback = [source, destination].find((address) => isLoopback(family, address))
  if (loopback === undefined) return null
  if (family === 4 && readMaxConf(index.netns, device, 'route_localnet') === 1) return null
  return {
    reason: 'IP_LOCALNET',
    why: `${loopback} is a loopback address and may not come in on ${device} (route_localnet is off there).`,
  }
}

function isLoopback(family: 4 | 6, address: string): boolean {
  return family === 4 ? address.startsWith('127.') : address === '::1'
}

function refuseReversePath(index: ForwardIndex, packet: ArrivingPacket): SourceRefusal | null {
  const { source, device, destination, mark, family } = packet
  if (source === '0.0.0.0') return null
  const acceptLocal = readMaxConf(index.netns, device, 'accept_local') > 0
  if (findAddressType(index, family, source, null) === 'LOCAL' && device !== 'lo')
    return acceptLocal
      ? null
      : {
          reason: 'IP_LOCAL_SOURCE',
          why: `${source} is this namespace's own address, yet the packet came in on ${device}.`,
        }
  const mode = readMaxConf(index.netns, device, 'rp_filter')
  if (mode === 0) return null
  const useMark = readSysctl(index.netns, `ipv4/conf/${device}/src_valid_mark`, 0) > 0
  const back = lookupRoute(index, {
    family,
    destination: source,
    source: destination,
    inDevice: device,
    outDevice: null,
    mark: useMark ? mark : 0,
  })
  if (back.kind === 'forward' && (back.device === device || mode === 2)) return null
  if (back.kind === 'unknown') return null
  const way = back.kind === 'forward' ? `leaves by ${back.device}` : 'does not exist'
  return {
    reason: 'IP_RPFILTER',
    why: `Reverse path filter on ${device} (rp_filter=${mode}): the way back to ${source} ${way}.`,
  }
}
