import type { Packet } from '../net/packet.ts'
import type { HopLog } from './hop-log.ts'

/**
 * Returns what speaks against an answer to a packet that leaves with its last hop; null where nothing does. A router sends
 * on only what has more than one left (linux:net/ipv4/ip_forward.c, ip6_output.c ip6_forward), and says so to the sender;
 * what addresses a gateway outside has of its own is in no host state.
 */
export function warnOfLastHop({ hops }: HopLog, { ttl, dst, family }: Packet): string | null {
  if (ttl > 1) return null
  const route = hops.flatMap(({ steps }) => steps).findLast((step) => step.kind === 'route')
  const via = route?.kind === 'route' ? route.via : null
  if (via === null || via === dst) return null
  const field = family === 6 ? 'hop limit' : 'TTL'
  return `The packet leaves with ${field} 1 by way of ${via}: unless ${dst} is that machine itself, it is discarded there, and Time Exceeded comes back in place of the answer that is assumed here.`
}
