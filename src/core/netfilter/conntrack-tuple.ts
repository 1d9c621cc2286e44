import type { ConntrackEntry, ConntrackTuple } from '../host/conntrack-entry.ts'
import type { IcmpHeader, Packet, Protocol } from '../net/packet.ts'

/**
 * A tuple as conntrack hashes it (linux:include/net/netfilter/nf_conntrack_tuple.h). The parts are ports; for ICMP
 * `sourcePart` is the id and `destinationPart` type * 256 + code, as in the kernel; 0 for protocols without either.
 */
export interface CtTuple {
  readonly src: string
  readonly dst: string
  readonly sourcePart: number
  readonly destinationPart: number
}

/** ICMP queries and their answers, both ways (nf_conntrack_proto_icmp.c invmap); other types have no tuple. */
const ICMP_INVERSE: Readonly<Record<number, number>> = { 8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17 }
const ICMPV6_INVERSE: Readonly<Record<number, number>> = { 128: 129, 129: 128, 139: 140, 140: 139 }

/** Returns the type that answers an ICMP query (or asks for an answer), or null for a type that has none. */
function inverseIcmpType(protocol: Protocol, type: number): number | null {
  return (protocol === 'icmpv6' ? ICMPV6_INVERSE : ICMP_INVERSE)[type] ?? null
}

/** Returns the tuple of the opposite direction. */
export function invertTuple(protocol: Protocol, tuple: CtTuple): CtTuple {
  if (protocol !== 'icmp' && protocol !== 'icmpv6') {
    return { src: tuple.dst, dst: tuple.src, sourcePart: tuple.destinationPart, destinationPart: tuple.sourcePart }
  }
  const type = inverseIcmpType(protocol, tuple.destinationPart >> 8) ?? tuple.destinationPart >> 8
  const destinationPart = (type << 8) | (tuple.destinationPart & 255)
  return { src: tuple.dst, dst: tuple.src, sourcePart: tuple.sourcePart, destinationPart }
}

/** Returns the tuple of a packet, or null for an ICMP message that is no query and no answer. */
export function packetTuple(packet: Packet): CtTuple | null {
  const { src, dst } = packet
  if (packet.icmp !== undefined) return icmpTuple(src, dst, packet.protocol, packet.icmp)
  return { src, dst, sourcePart: packet.sourcePort ?? 0, destinationPart: packet.destinationPort ?? 0 }
}

function icmpTuple(src: string, dst: string, protocol: Protocol, icmp: IcmpHeader): CtTuple | null {
  if (inverseIcmpType(protocol, icmp.type) === null) return null
  return { src, dst, sourcePart: icmp.id ?? 0, destinationPart: (icmp.type << 8) | icmp.code }
}

/** Tells whether two tuples of one protocol are the same. Family needs no part in it: the addresses tell. */
export function isSameTuple(left: CtTuple, right: CtTuple): boolean {
  return (
    left.sourcePart === right.sourcePart &&
    left.destinationPart === right.destinationPart &&
    left.src === right.src &&
    left.dst === right.dst
  )
}

/** Returns both tuples of a snapshot entry. `conntrack -L` keeps ICMP's type out of our model: they are echoes. */
export function entryTuples(entry: ConntrackEntry): { original: CtTuple; reply: CtTuple } {
  const [request, answer] = entry.protocol === 'icmp' ? [8, 0] : entry.protocol === 'icmpv6' ? [128, 129] : [null, null]
  return { original: entryTuple(entry.original, request), reply: entryTuple(entry.reply, answer) }
}

function entryTuple(tuple: ConntrackTuple, icmpType: number | null): CtTuple {
  const destinationPart = icmpType === null ? (tuple.destinationPort ?? 0) : icmpType << 8
  return { src: tuple.src, dst: tuple.dst, sourcePart: tuple.sourcePort ?? 0, destinationPart }
}
