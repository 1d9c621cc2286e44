import { parseIpv4, parseIpv6 } from '../net/address.ts'
import type { Packet, TcpFlag } from '../net/packet.ts'
import { protocolNumber } from '../net/protocol-number.ts'

/** A number of which only the bits in `known` are known; the others of `bits` are 0. Both are unsigned, of 32 bits. */
export interface Partial32 {
  readonly bits: number
  readonly known: number
}

/** The bytes of a packet from its IP header on. */
export interface PacketBytes {
  readonly length: number
  /** Returns the byte at a place, null for one that is not known (checksums, ids, sequence numbers, payload). */
  readonly at: (place: number) => number | null
}

const UNKNOWN = null
const FLAG_BITS: Readonly<Record<TcpFlag, number>> = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 }

/** Returns the bytes of a packet as it lies in memory, as far as the model knows them. No packet has IP options. */
export function packetBytes(packet: Packet): PacketBytes {
  const bytes = [...(packet.family === 4 ? ipv4Header(packet) : ipv6Header(packet)), ...transportHeader(packet)]
  const known = bytes.slice(0, packet.length)
  return { length: packet.length, at: (place) => known[place] ?? UNKNOWN }
}

type Bytes = readonly (number | null)[]

function word(value: number): Bytes {
  return [(value >>> 8) & 255, value & 255]
}

function unknown(count: number): Bytes {
  return new Array<null>(count).fill(UNKNOWN)
}

function ipv4Header(packet: Packet): Bytes {
  const address = (text: string): Bytes => {
    const value = parseIpv4(text) ?? 0
    return [...word(value >>> 16), ...word(value & 0xffff)]
  }
  return [
    0x45,
    packet.tos ?? 0,
    ...word(packet.length),
    ...unknown(2),
    ...word(packet.dontFragment ? 0x4000 : 0),
    packet.ttl,
    protocolNumber(packet.protocol) ?? UNKNOWN,
    ...unknown(2),
    ...address(packet.src),
    ...address(packet.dst),
  ]
}

/** The flow label takes 20 bits behind the traffic class, with which it shares a byte. */
function ipv6Header(packet: Packet): Bytes {
  const address = (text: string): Bytes => {
    const value = parseIpv6(text) ?? 0n
    return Array.from({ length: 16 }, (_, index) => Number((value >> BigInt(8 * (15 - index))) & 255n))
  }
  return [
    0x60 | ((packet.tos ?? 0) >> 4),
    ...unknown(3),
    ...word(packet.length - 40),
    protocolNumber(packet.protocol) ?? UNKNOWN,
    packet.ttl,
    ...address(packet.src),
    ...address(packet.dst),
  ]
}

function transportHeader(packet: Packet): Bytes {
  const ports = [...word(packet.sourcePort ?? 0), ...word(packet.destinationPort ?? 0)]
  const payload = packet.length - (packet.family === 4 ? 20 : 40)
  switch (packet.protocol) {
    case 'tcp':
      return tcpHeader(packet, ports, payload)
    case 'udp':
      return [...ports, ...word(payload), ...unknown(2)]
    case 'sctp':
      return ports
    case 'icmp':
    case 'icmpv6':
      return icmpHeader(packet)
    default:
      return []
  }
}

/** Only a bare header tells how long it is: what is more may be options or payload. */
function tcpHeader(packet: Packet, ports: Bytes, payload: number): Bytes {
  const flags = packet.tcpFlags ?? []
  const bits = flags.reduce((all, flag) => all | FLAG_BITS[flag], 0)
  const urgent = flags.includes('urg') ? unknown(2) : word(0)
  return [...ports, ...unknown(8), payload === 20 ? 0x50 : UNKNOWN, bits, ...unknown(4), ...urgent]
}

function icmpHeader({ icmp, quoted }: Packet): Bytes {
  if (icmp === undefined) return []
  const head = [icmp.type, icmp.code, ...unknown(2)]
  if (icmp.id !== undefined) {
    return [...head, ...word(icmp.id), ...(icmp.sequence === undefined ? unknown(2) : word(icmp.sequence))]
  }
  if (quoted === undefined) return head
  const inner = packetBytes(quoted)
  return [...head, ...unknown(4), ...Array.from({ length: Math.min(inner.length, 64) }, (_, place) => inner.at(place))]
}

/** Returns a big-endian number of one, two or four bytes; null where the packet ends before it does. */
export function readNumber(bytes: PacketBytes, place: number, size: 1 | 2 | 4): Partial32 | null {
  if (place < 0 || place + size > bytes.length) return null
  let [bits, known] = [0, 0]
  for (let index = 0; index < size; index++) {
    const byte = bytes.at(place + index)
    bits = (bits << 8) | (byte ?? 0)
    known = (known << 8) | (byte === null ? 0 : 255)
  }
  // What lies above the number is 0.
  const above = size === 4 ? 0 : ~0 << (8 * size)
  return { bits: bits >>> 0, known: (known | above) >>> 0 }
}

/** Returns a number that is known whole. */
export function wholeNumber(value: number): Partial32 {
  return { bits: value >>> 0, known: 0xffffffff }
}

/** Tells whether every bit is known. */
export function isWhole(number: Partial32): boolean {
  return number.known === 0xffffffff
}

/** Returns the smallest and the largest number that it can be. */
export function boundsOf({ bits, known }: Partial32): { readonly least: number; readonly most: number } {
  return { least: bits, most: (bits | ~known) >>> 0 }
}

/** Returns the bits that both have; a 0 that is known in either is known. */
export function andNumbers(left: Partial32, right: Partial32): Partial32 {
  const zeros = (left.known & ~left.bits) | (right.known & ~right.bits)
  return { bits: (left.bits & right.bits) >>> 0, known: ((left.known & right.known) | zeros) >>> 0 }
}

/** Returns a number moved to the left, as C's `<<` on 32 bits; `count` beyond 31 leaves nothing. */
export function shiftLeft({ bits, known }: Partial32, count: number): Partial32 {
  if (count > 31) return wholeNumber(0)
  return { bits: (bits << count) >>> 0, known: ((known << count) | ((1 << count) - 1)) >>> 0 }
}

/** Returns a number moved to the right. */
export function shiftRight({ bits, known }: Partial32, count: number): Partial32 {
  if (count > 31) return wholeNumber(0)
  return { bits: bits >>> count, known: ((known >>> count) | ~(0xffffffff >>> count)) >>> 0 }
}
