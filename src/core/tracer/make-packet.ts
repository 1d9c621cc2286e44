import { readSysctl } from '../forward/read-sysctl.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { Packet, TcpFlag } from '../net/packet.ts'

/** Lengths of whole IPv4 packets as Linux sends them: a SYN carries 20 bytes of options, so does its answer. */
const DEFAULT_LENGTH = { icmp: 84, tcp: 60, udp: 61 } as const

/** IPv6 headers are 20 bytes longer. */
const FAMILY_EXTRA = { 4: 0, 6: 20 } as const

/** Returns how long a packet of a protocol is when the flow does not say: `ping`'s, a SYN's, a UDP datagram of 33 bytes. */
export function defaultLength(protocol: 'icmp' | 'tcp' | 'udp', family: 4 | 6): number {
  return DEFAULT_LENGTH[protocol] + FAMILY_EXTRA[family]
}

/** Returns the TTL (hop limit) that a namespace gives to its own packets. */
export function defaultTtl(netns: NetNamespace, family: 4 | 6): number {
  return family === 4 ? readSysctl(netns, 'ipv4/ip_default_ttl', 64) : readSysctl(netns, 'ipv6/conf/all/hop_limit', 64)
}

/**
 * Returns the packet that answers a request in kind: echo reply, SYN-ACK, datagram as long as the question. Its TTL is left to
 * the sender, and the MTU of the way back: a datagram that fits may not be fragmented (linux:net/ipv4/ip_output.c
 * __ip_make_skb), while the kernel's own echo reply always may.
 */
export function makeReply(request: Packet, ttl: number, mtu: number): Packet {
  const { icmp } = request
  const base = swapEnds(request, ttl)
  base.dontFragment = request.protocol === 'udp' && request.family === 4 && request.length <= mtu
  if (icmp !== undefined) base.icmp = { ...icmp, type: request.family === 4 ? 0 : 129, code: 0 }
  if (request.protocol !== 'tcp') return base
  return writeTcp(base, ['syn', 'ack'], synAckLength(request))
}

/** An answer always says its MSS, and the rest only where the question offered it (linux:net/ipv4/tcp_output.c tcp_synack_options). */
function synAckLength(request: Packet): number {
  const usual = defaultLength('tcp', request.family)
  return request.length < usual ? usual - 16 : usual
}

/** Returns the reset that a closed port answers a SYN with: no options, 40 bytes (60 for IPv6). */
export function makeReset(request: Packet, ttl: number): Packet {
  return writeTcp(swapEnds(request, ttl), ['rst', 'ack'], 40 + FAMILY_EXTRA[request.family])
}

function writeTcp(packet: Draft, flags: readonly TcpFlag[], length: number): Packet {
  packet.tcpFlags = flags
  packet.length = length
  packet.dontFragment = true
  return packet
}

function swapEnds(request: Packet, ttl: number): Draft {
  const { sourcePort, destinationPort } = request
  const packet: Draft = {
    family: request.family,
    src: request.dst,
    dst: request.src,
    ttl,
    length: request.length,
    dontFragment: false,
    sourceMac: null,
    destinationMac: null,
    protocol: request.protocol,
  }
  if (request.icmp !== undefined) packet.icmp = request.icmp
  if (destinationPort !== undefined) packet.sourcePort = destinationPort
  if (sourcePort !== undefined) packet.destinationPort = sourcePort
  return packet
}

/**
 * Packets are made with their fields in one order: the engine copies them often, and copies like ones quickest. A copy that
 * is given fields beyond its model's (`{ ...packet, more }`) costs many times one that only replaces some.
 */
type Draft = { -readonly [Key in keyof Packet]: Packet[Key] }

/** What goes wrong, in the words of both ICMP versions. */
export type IcmpTrouble =
  | 'net-unreachable'
  | 'host-unreachable'
  | 'protocol-unreachable'
  | 'port-unreachable'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'admin-prohibited'
  | 'policy-failed'
  | 'route-rejected'
  | 'too-big'
  | 'beyond-scope'
  | 'ttl-exceeded'
  | 'redirect'

const ICMP4: Readonly<Record<IcmpTrouble, readonly [number, number]>> = {
  'net-unreachable': [3, 0],
  'host-unreachable': [3, 1],
  'protocol-unreachable': [3, 2],
  'port-unreachable': [3, 3],
  'too-big': [3, 4],
  'net-prohibited': [3, 9],
  'beyond-scope': [3, 13],
  'host-prohibited': [3, 10],
  'admin-prohibited': [3, 13],
  'policy-failed': [3, 13],
  'route-rejected': [3, 13],
  'ttl-exceeded': [11, 0],
  redirect: [5, 1],
}

const ICMP6: Readonly<Record<IcmpTrouble, readonly [number, number]>> = {
  'net-unreachable': [1, 0],
  'host-unreachable': [1, 3],
  'protocol-unreachable': [1, 4],
  'port-unreachable': [1, 4],
  'too-big': [2, 0],
  'net-prohibited': [1, 1],
  'beyond-scope': [1, 2],
  'host-prohibited': [1, 1],
  'admin-prohibited': [1, 1],
  'policy-failed': [1, 5],
  'route-rejected': [1, 6],
  'ttl-exceeded': [3, 0],
  redirect: [137, 0],
}

/** How much of the offending packet an error carries at most, headers included (RFC 1812: 576, RFC 4443: 1280). */
const ERROR_LIMIT = { 4: 576, 6: 1280 } as const
const ERROR_HEADERS = { 4: 28, 6: 48 } as const

/**
 * Returns the ICMP error about a packet, addressed to its sender, or null where none may be sent: about another error, or
 * to an address that cannot be answered (linux:net/ipv4/icmp.c icmp_send).
 */
export function makeIcmpError(
  about: Packet,
  trouble: IcmpTrouble,
  source: string,
  ttl: number,
  mtu?: number,
): Packet | null {
  if (isIcmpError(about)) return null
  const { family } = about
  const [type, code] = (family === 4 ? ICMP4 : ICMP6)[trouble]
  return {
    family,
    protocol: family === 4 ? 'icmp' : 'icmpv6',
    src: source,
    dst: about.src,
    icmp: { type, code, ...(mtu === undefined ? {} : { mtu }) },
    ttl,
    tos: family === 4 ? 0xc0 : 0,
    length: Math.min(ERROR_LIMIT[family], ERROR_HEADERS[family] + about.length),
    dontFragment: false,
    sourceMac: null,
    destinationMac: null,
    quoted: { ...about, sourceMac: null, destinationMac: null },
  }
}

/** Tells whether a packet is an ICMP error, which quotes another packet. */
export function isIcmpError(packet: Packet): boolean {
  const type = packet.icmp?.type
  if (type === undefined) return false
  return packet.family === 4 ? [3, 4, 5, 11, 12].includes(type) : type < 128
}

/** Tells whether a packet is an echo request. */
export function isEchoRequest(packet: Packet): boolean {
  return packet.icmp !== undefined && packet.icmp.type === (packet.family === 4 ? 8 : 128)
}

/** The ICMP error that each `--reject-with` names; `tcp-reset` is none of them. */
export const REJECT_TROUBLES: Readonly<Record<string, IcmpTrouble>> = {
  'icmp-net-unreachable': 'net-unreachable',
  'icmp-host-unreachable': 'host-unreachable',
  'icmp-port-unreachable': 'port-unreachable',
  'icmp-proto-unreachable': 'protocol-unreachable',
  'icmp-net-prohibited': 'net-prohibited',
  'icmp-host-prohibited': 'host-prohibited',
  'icmp-admin-prohibited': 'admin-prohibited',
  'icmp6-no-route': 'net-unreachable',
  'icmp6-adm-prohibited': 'admin-prohibited',
  'icmp6-addr-unreachable': 'host-unreachable',
  'icmp6-port-unreachable': 'port-unreachable',
  'icmp6-policy-fail': 'policy-failed',
  'icmp6-reject-route': 'route-rejected',
}
