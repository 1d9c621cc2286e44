import type { IcmpHeader, Packet, Protocol, TcpFlag } from '../../net/packet.ts'
import type { PacketIdentity } from '../../observe/observation.ts'
import { hexOf, u16, u32, u8 } from './bytes.ts'

/** What a transport header adds to a packet and to its identity. */
export interface Transport {
  readonly protocol: Protocol
  readonly fields: Pick<Packet, 'sourcePort' | 'destinationPort' | 'icmp' | 'tcpFlags' | 'quoted'>
  readonly identity: PacketIdentity
}

/** As many bytes of payload as make a packet known again: a cookie has eight. */
const KEPT_PAYLOAD = 16

const NAMES: Readonly<Record<number, Protocol>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmpv6', 132: 'sctp' }

/** Returns the name of an IP protocol, or its number in decimal. */
export function nameProtocol(number: number): Protocol {
  return NAMES[number] ?? `${number}`
}

/** Reads the packet that an ICMP error quotes; null where there is none to read. */
export type ReadQuoted = (bytes: Uint8Array) => Packet | null

/**
 * Returns the transport header at the beginning of some bytes, as far as it is there: an ICMP error may quote eight bytes of
 * one only.
 */
export function readTransport(number: number, bytes: Uint8Array, quoted: ReadQuoted): Transport {
  const protocol = nameProtocol(number)
  if (protocol === 'icmp' || protocol === 'icmpv6') return readIcmp(protocol, bytes, quoted)
  if ((protocol !== 'tcp' && protocol !== 'udp' && protocol !== 'sctp') || bytes.length < 4)
    return { protocol, fields: {}, identity: {} }
  const ports = { sourcePort: u16(bytes, 0), destinationPort: u16(bytes, 2) }
  if (protocol === 'tcp') return readTcp(ports, bytes)
  const identity = protocol === 'udp' ? payloadOf(bytes, 8) : {}
  return { protocol, fields: ports, identity }
}

function payloadOf(bytes: Uint8Array, at: number): PacketIdentity {
  return bytes.length > at ? { payload: hexOf(bytes.subarray(at, at + KEPT_PAYLOAD)) } : {}
}

/** From the lowest bit of the header's flags up. */
const FLAGS: readonly TcpFlag[] = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg']
const FLAG_ORDER: readonly TcpFlag[] = ['syn', 'fin', 'rst', 'psh', 'urg', 'ack']

/** Returns the flags of a TCP header's byte in the order in which packets have them here. */
export function readTcpFlags(bits: number): readonly TcpFlag[] {
  return FLAG_ORDER.filter((flag) => (bits & (1 << FLAGS.indexOf(flag))) !== 0)
}

type Ports = { readonly sourcePort: number; readonly destinationPort: number }

function readTcp(ports: Ports, bytes: Uint8Array): Transport {
  const sequence = bytes.length >= 8 ? { tcpSequence: u32(bytes, 4) } : {}
  if (bytes.length < 20) return { protocol: 'tcp', fields: ports, identity: sequence }
  const tcpFlags = readTcpFlags(u8(bytes, 13))
  const acknowledges = tcpFlags.includes('ack') ? { tcpAcknowledgement: u32(bytes, 8) } : {}
  const identity = { ...sequence, ...acknowledges, ...payloadOf(bytes, (u8(bytes, 12) >> 4) * 4) }
  return { protocol: 'tcp', fields: { ...ports, tcpFlags }, identity }
}

/** Types that quote the packet they are about: RFC 792 and 4443. */
function isError(protocol: 'icmp' | 'icmpv6', type: number): boolean {
  return protocol === 'icmp' ? [3, 4, 5, 11, 12].includes(type) : type < 128 || type === REDIRECT6
}

const REDIRECT6 = 137

/** A redirect of IPv6 has what it is about in one of its options, whose lengths are in units of eight bytes (RFC 4861 4.5). */
function redirectedPacket(bytes: Uint8Array): Uint8Array {
  for (let at = 40; at + 8 <= bytes.length; at += Math.max(1, u8(bytes, at + 1)) * 8)
    if (u8(bytes, at) === 4) return bytes.subarray(at + 8)
  return bytes.subarray(bytes.length)
}

function readIcmp(protocol: 'icmp' | 'icmpv6', bytes: Uint8Array, readQuoted: ReadQuoted): Transport {
  if (bytes.length < 2) return { protocol, fields: {}, identity: {} }
  const icmp = readIcmpHeader(protocol, bytes)
  if (!isError(protocol, icmp.type))
    return { protocol, fields: { icmp }, identity: hasPayload(protocol, icmp) ? payloadOf(bytes, 8) : {} }
  const about = protocol === 'icmpv6' && icmp.type === REDIRECT6 ? redirectedPacket(bytes) : bytes.subarray(8)
  const quoted = about.length > 0 ? readQuoted(about) : null
  return { protocol, fields: quoted === null ? { icmp } : { icmp, quoted }, identity: {} }
}

/** What neighbour discovery asks for stands where echoes have their data. */
function hasPayload(protocol: 'icmp' | 'icmpv6', { type, id }: IcmpHeader): boolean {
  return id !== undefined || (protocol === 'icmpv6' && (type === 135 || type === 136))
}

function readIcmpHeader(protocol: 'icmp' | 'icmpv6', bytes: Uint8Array): IcmpHeader {
  const kind = { type: u8(bytes, 0), code: u8(bytes, 1) }
  if (bytes.length < 8) return kind
  const echoes = protocol === 'icmp' ? [0, 8] : [128, 129]
  if (echoes.includes(kind.type)) return { ...kind, id: u16(bytes, 4), sequence: u16(bytes, 6) }
  if (protocol === 'icmp' && kind.type === 3 && kind.code === 4) return { ...kind, mtu: u16(bytes, 6) }
  return protocol === 'icmpv6' && kind.type === 2 ? { ...kind, mtu: u32(bytes, 4) } : kind
}
