import { formatIpv4 } from '../../net/address.ts'
import type { PacketTuple } from '../../watch/packet-tuple.ts'
import { ipv6At, u16, u32, u8 } from './bytes.ts'
import { nameProtocol } from './transport-headers.ts'

const ETHER_IPV4 = 0x0800
const ETHER_IPV6 = 0x86dd
const IPV6_HEADER = 40
const TCP = 6
const UDP = 17
const SCTP = 132
const ICMP = { 4: 1, 6: 58 } as const

/** Of ICMP the types that ask and answer, and those that quote a packet (RFC 792 and 4443). */
const ECHO = { 4: [8, 0], 6: [128, 129] } as const
const ERRORS = { 4: [3, 4, 5, 11, 12], 6: [1, 2, 3, 4] } as const

/** Extension headers that are stepped over: hop-by-hop, routing, destination options. */
const OPTIONS: readonly number[] = [0, 43, 60]
const FRAGMENT = 44

type Base = Pick<PacketTuple, 'family' | 'src' | 'dst' | 'length'>

/**
 * Returns of which conversation a packet is, from as little of it as tells: this is read of every packet, the whole of its
 * headers only of those that are looked at. An ICMP error is of the conversation that it is about, in the direction back
 * to the sender. Null for what is of none: ARP, later fragments, neighbour discovery, headers that are none.
 */
export function readTuple(etherType: number, bytes: Uint8Array): PacketTuple | null {
  return etherType === ETHER_IPV4 ? readIpv4(bytes, 0) : etherType === ETHER_IPV6 ? readIpv6(bytes, 0) : null
}

function readIpv4(bytes: Uint8Array, depth: number): PacketTuple | null {
  const header = (u8(bytes, 0) & 15) * 4
  if (u8(bytes, 0) >> 4 !== 4 || header < 20 || bytes.length < header) return null
  if ((u16(bytes, 6) & 0x1fff) !== 0) return null
  const base: Base = {
    family: 4,
    src: ipv4Text(u32(bytes, 12)),
    dst: ipv4Text(u32(bytes, 16)),
    length: u16(bytes, 2),
  }
  return readTransport(base, u8(bytes, 9), bytes.subarray(header), depth)
}

function readIpv6(bytes: Uint8Array, depth: number): PacketTuple | null {
  if (u8(bytes, 0) >> 4 !== 6 || bytes.length < IPV6_HEADER) return null
  let number = u8(bytes, 6)
  let at = IPV6_HEADER
  while ((OPTIONS.includes(number) || number === FRAGMENT) && bytes.length >= at + 8) {
    if (number === FRAGMENT && (u16(bytes, at + 2) & 0xfff8) !== 0) return null
    const length = number === FRAGMENT ? 8 : 8 + u8(bytes, at + 1) * 8
    number = u8(bytes, at)
    at += length
  }
  const base: Base = {
    family: 6,
    src: ipv6At(bytes, 8),
    dst: ipv6At(bytes, 24),
    length: IPV6_HEADER + u16(bytes, 4),
  }
  return readTransport(base, number, bytes.subarray(at), depth)
}

function readTransport(base: Base, number: number, body: Uint8Array, depth: number): PacketTuple | null {
  if (number === ICMP[base.family]) return readIcmp(base, body, depth)
  const protocol = nameProtocol(number)
  const hasPorts = number === TCP || number === UDP || number === SCTP
  if (!hasPorts) return { ...base, protocol, sourcePort: null, destinationPort: null, opens: null }
  if (body.length < 4) return null
  const bits = number === TCP && body.length >= 14 ? u8(body, 13) & 0x12 : 0
  const opens = bits === 0x02 ? true : bits === 0x12 ? false : null
  return { ...base, protocol, sourcePort: u16(body, 0), destinationPort: u16(body, 2), opens }
}

function readIcmp(base: Base, body: Uint8Array, depth: number): PacketTuple | null {
  if (body.length < 8) return null
  const type = u8(body, 0)
  const [request, reply] = ECHO[base.family]
  if (type === request || type === reply) {
    const protocol = base.family === 4 ? 'icmp' : 'icmpv6'
    return { ...base, protocol, sourcePort: u16(body, 4), destinationPort: null, opens: type === request }
  }
  const isError = (ERRORS[base.family] as readonly number[]).includes(type)
  if (!isError || depth > 0) return null
  const quoted = base.family === 4 ? readIpv4(body.subarray(8), 1) : readIpv6(body.subarray(8), 1)
  return quoted === null ? null : aboutQuoted(quoted, base.length)
}

/** The error goes where the quoted packet came from. */
function aboutQuoted(quoted: PacketTuple, length: number): PacketTuple {
  const { family, protocol, src, dst, sourcePort, destinationPort } = quoted
  const ports = destinationPort === null ? { sourcePort, destinationPort } : swapped(sourcePort, destinationPort)
  return { family, protocol, src: dst, dst: src, ...ports, length, opens: null }
}

function swapped(sourcePort: number | null, destinationPort: number) {
  return { sourcePort: destinationPort, destinationPort: sourcePort }
}

/** Few addresses make most of the traffic, and their text costs more than the rest of the header. */
const MOST_TEXTS = 20_000
const texts = new Map<number, string>()

function ipv4Text(value: number): string {
  const known = texts.get(value)
  if (known !== undefined) return known
  if (texts.size >= MOST_TEXTS) texts.clear()
  const text = formatIpv4(value)
  texts.set(value, text)
  return text
}
