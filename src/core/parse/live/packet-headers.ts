import { formatIpv4 } from '../../net/address.ts'
import type { Packet } from '../../net/packet.ts'
import type { PacketIdentity } from '../../observe/observation.ts'
import { ipv6At, u16, u32, u8 } from './bytes.ts'
import { nameProtocol, type ReadQuoted, readTransport, type Transport } from './transport-headers.ts'

/** A packet as its headers say, and by what it is known again. */
export interface ReadPacket {
  readonly packet: Packet
  readonly identity: PacketIdentity
}

/** The most that an ICMP error may quote errors within errors: one, and none of them about another (RFC 1122 3.2.2). */
const MOST_QUOTED = 2

const ETHER_IPV4 = 0x0800
const ETHER_ARP = 0x0806
const ETHER_IPV6 = 0x86dd

/**
 * Returns the packet behind a link header, null for what is neither IP nor ARP, or a text that says why the headers are
 * none. Checksums and what GSO makes of lengths are not judged: both are as the kernel has them before the wire.
 */
export function readPacket(etherType: number, bytes: Uint8Array, sourceMac: string | null): ReadPacket | string | null {
  if (etherType === ETHER_IPV4) return withMac(readIpv4(bytes, 0), sourceMac)
  if (etherType === ETHER_IPV6) return withMac(readIpv6(bytes, 0), sourceMac)
  return etherType === ETHER_ARP ? readArp(bytes, sourceMac) : null
}

/** Reads what an ICMP error quotes, as much of it as there is. `depth` counts the errors around it. */
function quotedBy(read: typeof readIpv4, depth: number): ReadQuoted {
  return (bytes) => {
    const quoted = depth < MOST_QUOTED ? read(bytes, depth + 1) : 'too deep'
    return typeof quoted === 'string' ? null : quoted.packet
  }
}

function withMac(read: ReadPacket | string, sourceMac: string | null): ReadPacket | string {
  return typeof read === 'string' ? read : { ...read, packet: { ...read.packet, sourceMac } }
}

/** The target's MAC is not told by SLL2, and of the hardware types ARP is read for Ethernet and IPv4 only. */
function readArp(bytes: Uint8Array, sourceMac: string | null): ReadPacket | string | null {
  if (bytes.length < 28) return `an ARP packet of ${bytes.length} bytes`
  if (u16(bytes, 0) !== 1 || u16(bytes, 2) !== ETHER_IPV4) return null
  const packet: Packet = {
    family: 4,
    protocol: 'arp',
    src: formatIpv4(u32(bytes, 14)),
    dst: formatIpv4(u32(bytes, 24)),
    arp: u16(bytes, 6) === 1 ? 'request' : 'reply',
    ttl: 0,
    length: 28,
    dontFragment: false,
    sourceMac,
    destinationMac: null,
  }
  return { packet, identity: {} }
}

function readIpv4(bytes: Uint8Array, depth: number): ReadPacket | string {
  const header = (u8(bytes, 0) & 15) * 4
  if (u8(bytes, 0) >> 4 !== 4 || header < 20 || bytes.length < header) return 'no IPv4 header'
  const bits = u16(bytes, 6)
  const offset = (bits & 0x1fff) * 8
  const more = (bits & 0x2000) !== 0
  const number = u8(bytes, 9)
  const body = bytes.subarray(header)
  // Only the first fragment has a transport header.
  const transport = offset === 0 ? readTransport(number, body, quotedBy(readIpv4, depth)) : bare(number)
  const base = {
    family: 4,
    src: formatIpv4(u32(bytes, 12)),
    dst: formatIpv4(u32(bytes, 16)),
    ttl: u8(bytes, 8),
    length: u16(bytes, 2),
    dontFragment: (bits & 0x4000) !== 0,
  } as const
  const fragment = offset === 0 && !more ? {} : { fragment: { offset, more } }
  return finish(base, u8(bytes, 1), transport, { ipId: u16(bytes, 4), ...fragment })
}

function bare(number: number): Transport {
  return { protocol: nameProtocol(number), fields: {}, identity: {} }
}

/** Extension headers that are stepped over: hop-by-hop, routing, destination options. Fragments are noted. */
const OPTIONS: readonly number[] = [0, 43, 60]
const FRAGMENT = 44

function readIpv6(bytes: Uint8Array, depth: number): ReadPacket | string {
  if (u8(bytes, 0) >> 4 !== 6 || bytes.length < 40) return 'no IPv6 header'
  let number = u8(bytes, 6)
  let at = 40
  let identity: PacketIdentity = {}
  while ((OPTIONS.includes(number) || number === FRAGMENT) && bytes.length >= at + 8) {
    if (number === FRAGMENT) {
      const bits = u16(bytes, at + 2)
      // An atomic fragment is a whole packet (RFC 6946).
      const fragment = { offset: bits & 0xfff8, more: (bits & 1) !== 0 }
      if (fragment.offset !== 0 || fragment.more) identity = { fragment }
    }
    const length = number === FRAGMENT ? 8 : 8 + u8(bytes, at + 1) * 8
    number = u8(bytes, at)
    at += length
  }
  const first = (identity.fragment?.offset ?? 0) === 0
  const transport = first ? readTransport(number, bytes.subarray(at), quotedBy(readIpv6, depth)) : bare(number)
  const base = {
    family: 6,
    src: ipv6At(bytes, 8),
    dst: ipv6At(bytes, 24),
    ttl: u8(bytes, 7),
    length: 40 + u16(bytes, 4),
    dontFragment: false,
  } as const
  return finish(base, (u16(bytes, 0) >> 4) & 0xff, transport, identity)
}

type NetworkFields = Pick<Packet, 'family' | 'src' | 'dst' | 'ttl' | 'length' | 'dontFragment'>

function finish(base: NetworkFields, tos: number, transport: Transport, identity: PacketIdentity): ReadPacket {
  const { protocol, fields } = transport
  const packet: Packet = {
    ...base,
    protocol,
    ...fields,
    ...(tos === 0 ? {} : { tos }),
    sourceMac: null,
    destinationMac: null,
  }
  return { packet, identity: { ...identity, ...transport.identity } }
}
