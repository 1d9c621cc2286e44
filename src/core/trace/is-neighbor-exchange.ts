import type { Exchange } from './trace-report.ts'

/** The type of an ICMPv6 neighbour solicitation. */
const SOLICITATION = 135

/** Tells whether an exchange only asks for the MAC of a neighbour: ARP, or IPv6 neighbour discovery. */
export function isNeighborExchange({ protocol, forward }: Exchange): boolean {
  return protocol === 'arp' || (protocol === 'icmpv6' && forward.hops[0]?.packet.icmp?.type === SOLICITATION)
}
