import type { Skb } from '../netfilter/hook.ts'
import type { HopLog } from './hop-log.ts'
import type { Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/** Cuts a packet for a link that it does not fit. It stays cut until somebody puts it together again. */
export function cutFor(journey: Journey, skb: Skb, mtu: number): void {
  const { log } = journey
  if (skb.packet.length <= mtu) return
  log.cut = Math.min(log.cut ?? mtu, mtu)
}

/** The bytes of the largest piece of a packet on the wire. */
export function largestPiece(log: HopLog, length: number): number {
  return log.cut === null ? length : Math.min(log.cut, length)
}

/**
 * Puts the fragments together where a namespace tracks connections (linux:net/ipv4/netfilter/nf_defrag_ipv4.c, before
 * PREROUTING), and returns what they were cut for, so that a bridge can cut them the same way again; null when the packet
 * was whole. Without connection tracking each fragment meets the rules alone, and only the first has ports: rules are
 * then shown as the first one meets them, and a warning says so.
 */
export function joinForHooks(journey: Journey, ns: PreparedNamespace, skb: Skb): number | null {
  const { log } = journey
  const { cut } = log
  if (cut === null) return null
  const rules = skb.packet.family === 4 ? ns.rules.ip : ns.rules.ip6
  if (rules.conntrack) log.cut = null
  else if ((ns.netns.rulesets.iptables ?? []).length > 0)
    journey.world.warnings.add(
      `${ns.netns.name} does not track connections, so its rules see each fragment alone; the steps are those of the first.`,
    )
  return cut
}
