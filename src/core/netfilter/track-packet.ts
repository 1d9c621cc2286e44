import type { Packet } from '../net/packet.ts'
import {
  type Connection,
  type ConntrackHit,
  type ConntrackTable,
  type ConntrackView,
  findConnection,
  forgetConnection,
} from './conntrack.ts'
import { type CtTuple, invertTuple, packetTuple } from './conntrack-tuple.ts'

/** What conntrack made of a packet. A null view is the kernel's INVALID: no connection, and no NAT. */
export interface Tracked {
  readonly view: ConntrackView | null
  readonly created: boolean
}

const INVALID: Tracked = { view: null, created: false }
const UNTRACKED: Tracked = { view: { state: 'untracked', direction: 'original', connection: null }, created: false }

/** ICMP types that quote the packet they complain about (nf_conntrack_proto_icmp.c, nf_conntrack_proto_icmpv6.c). */
const ICMP_ERRORS: ReadonlySet<number> = new Set([3, 4, 5, 11, 12])
const ICMP_QUERIES: ReadonlySet<number> = new Set([8, 13, 15, 17])
const ICMPV6_QUERIES: ReadonlySet<number> = new Set([128, 139])

/** Tells whether a packet is an ICMP or ICMPv6 error, which belongs to the connection of the packet it quotes. */
export function isIcmpError(packet: Packet): boolean {
  if (packet.icmp === undefined) return false
  return packet.protocol === 'icmpv6' ? packet.icmp.type < 128 : ICMP_ERRORS.has(packet.icmp.type)
}

/**
 * Returns the connection that a packet belongs to, making a new unconfirmed one where it may begin one. `tcpLoose` is
 * the sysctl nf_conntrack_tcp_loose. Follows linux:net/netfilter/nf_conntrack_core.c nf_conntrack_in and
 * resolve_normal_ct. Marks the connection as replied, so it is to be called once per packet and namespace.
 */
export function trackPacket(table: ConntrackTable, packet: Packet, tcpLoose: boolean): Tracked {
  if (isIcmpError(packet)) return trackIcmpError(table, packet)
  if (isNeighborDiscovery(packet)) return UNTRACKED
  const tuple = packetTuple(packet)
  if (tuple === null) return INVALID
  let hit = findConnection(table, packet.protocol, tuple)
  if (hit !== null && reopens(packet, hit)) {
    forgetConnection(table, hit.connection)
    hit = null
  }
  if (hit !== null) return { view: viewOf(hit), created: false }
  if (!mayBegin(packet, tcpLoose)) return INVALID
  const connection = newConnection(packet, tuple, table.zone)
  return { view: { state: 'new', direction: 'original', connection }, created: true }
}

function viewOf(hit: ConntrackHit): ConntrackView {
  const { connection, direction } = hit
  if (direction === 'reply') connection.seenReply = true
  return { state: connection.seenReply ? 'established' : 'new', direction, connection }
}

/** A SYN over an entry that is closed begins a new connection (nf_conntrack_proto_tcp.c, case TCP_CONNTRACK_SYN_SENT). */
function reopens(packet: Packet, hit: ConntrackHit): boolean {
  const { tcpState } = hit.connection
  if (tcpState !== 'TIME_WAIT' && tcpState !== 'CLOSE') return false
  return hit.direction === 'original' && isPlainSyn(packet)
}

function isPlainSyn(packet: Packet): boolean {
  const flags = packet.tcpFlags ?? []
  return flags.includes('syn') && !flags.includes('ack') && !flags.includes('rst') && !flags.includes('fin')
}

/** Tells whether a packet with no entry may make one; what may not is INVALID. */
function mayBegin(packet: Packet, tcpLoose: boolean): boolean {
  if (packet.protocol === 'tcp') return tcpMayBegin(packet, tcpLoose)
  if (packet.protocol === 'icmp') return ICMP_QUERIES.has(packet.icmp?.type ?? -1)
  if (packet.protocol === 'icmpv6') return ICMPV6_QUERIES.has(packet.icmp?.type ?? -1)
  return true
}

/** nf_conntrack_proto_tcp.c tcp_new: the state table's row "none" knows a SYN, and a lone ACK where it may be loose. */
function tcpMayBegin(packet: Packet, tcpLoose: boolean): boolean {
  const flags = packet.tcpFlags ?? []
  if (isPlainSyn(packet)) return true
  const lone = flags.includes('ack') && !flags.includes('syn') && !flags.includes('rst') && !flags.includes('fin')
  return lone && tcpLoose
}

/** MLD and neighbour discovery are never tracked (nf_conntrack_proto_icmpv6.c noct_valid_new). */
function isNeighborDiscovery(packet: Packet): boolean {
  if (packet.protocol !== 'icmpv6' || packet.icmp === undefined) return false
  const { type } = packet.icmp
  return (type >= 130 && type <= 136) || type === 143
}

function newConnection(packet: Packet, original: CtTuple, zone: number): Connection {
  return {
    family: packet.family,
    protocol: packet.protocol,
    original,
    reply: invertTuple(packet.protocol, original),
    sourceNat: false,
    destinationNat: false,
    sourceDone: false,
    destinationDone: false,
    confirmed: false,
    seenReply: false,
    assured: false,
    mark: 0,
    zone,
    tcpState: null,
  }
}

/**
 * nf_conntrack_proto_icmp.c nf_conntrack_inet_error: the inverse of the quoted packet must be a known tuple, and the
 * error must be addressed to that tuple's destination; else it is INVALID.
 */
function trackIcmpError(table: ConntrackTable, packet: Packet): Tracked {
  const quoted = packet.quoted
  const inner = quoted === undefined ? null : packetTuple(quoted)
  if (quoted === undefined || inner === null) return INVALID
  const inverse = invertTuple(quoted.protocol, inner)
  const hit = findConnection(table, quoted.protocol, inverse)
  if (hit === null || tupleOfDirection(hit).dst !== packet.dst) return INVALID
  return { view: { state: 'related', direction: hit.direction, connection: hit.connection }, created: false }
}

function tupleOfDirection(hit: ConntrackHit): CtTuple {
  return hit.direction === 'original' ? hit.connection.original : hit.connection.reply
}
