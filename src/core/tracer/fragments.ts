import type { Skb } from '../netfilter/hook.ts'
import type { Packet } from '../net/packet.ts'
import { type HopLog, pieceLengths } from './hop-log.ts'
import type { Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/** Cuts a packet for a link that it does not fit. It stays cut until somebody puts it together again. */
export function cutFor(journey: Journey, skb: Skb, mtu: number): void {
  const { log } = journey
  if (skb.packet.length <= mtu) return
  log.cut = Math.min(log.cut ?? mtu, mtu)
}

/**
 * Tells whether an IPv6 packet is too large to be forwarded by a link: a router cuts only what came to it in pieces, and none
 * of these may be larger than the link takes. `cut` is what they had been cut for, where they were joined
 * (linux:net/ipv6/ip6_output.c ip6_pkt_too_big).
 */
export function isTooBig6(log: HopLog, length: number, cut: number | null, mtu: number): boolean {
  if (length <= mtu) return false
  const pieces = log.cut ?? cut
  return pieces === null ? !log.joined : pieces > mtu
}

/** The bytes of the largest piece of a packet on the wire. */
export function largestPiece(log: HopLog, length: number): number {
  return log.cut === null ? length : Math.min(log.cut, length)
}

/** More pieces than this are not looked at one by one: an MTU that small is no real one's. */
const MOST_PIECES = 64

/**
 * Returns the fragments that rules see of a packet on its way in pieces, where nobody has put them together: the first has the
 * ports or the ICMP header, the others have none. A whole packet is its only piece; null stands for too many to look at.
 */
export function piecesOf({ cut }: HopLog, packet: Packet): readonly Packet[] | null {
  if (cut === null || packet.length <= cut) return [packet]
  const { sourcePort: _source, destinationPort: _destination, icmp: _icmp, tcpFlags: _flags, ...bare } = packet
  const lengths = pieceLengths(packet.length, packet.family, cut)
  if (lengths.length > MOST_PIECES) return null
  return lengths.map((length, index) => ({ ...(index === 0 ? packet : bare), length }))
}

/**
 * Puts the fragments together where a namespace tracks connections (linux:net/ipv4/netfilter/nf_defrag_ipv4.c, before
 * PREROUTING), and returns what they were cut for, so that a bridge can cut them the same way again; null when the packet
 * was whole. Without connection tracking each fragment meets the rules alone (run-hook.ts).
 */
export function joinForHooks({ log }: Journey, ns: PreparedNamespace, skb: Skb): number | null {
  const { cut } = log
  if (cut === null) return null
  const rules = skb.packet.family === 4 ? ns.rules.ip : ns.rules.ip6
  if (rules.conntrack) {
    log.cut = null
    log.joined = true
  }
  return cut
}
