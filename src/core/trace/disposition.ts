/** All that may become of a packet. The page of exact conditions is docs/dispositions.md. */
export const DISPOSITIONS = [
  /** A socket or the kernel of the addressed namespace took it. */
  'delivered',
  /** It left by a NIC towards machines that this host state does not know. */
  'leaves-host',
  /** Silently discarded: by a rule, a policy, or the kernel (martian, reverse path, forwarding off). */
  'dropped',
  /** Discarded by a rule that answers with an ICMP error or a TCP reset. */
  'rejected',
  /** No route, or an unreachable/prohibit route: the sender is told. */
  'no-route',
  /** ARP or neighbour discovery for the next hop gets no answer. */
  'neighbor-unreachable',
  /** It reached the addressed namespace and no socket takes it there. */
  'nothing-listening',
  'loop',
  'ttl-exceeded',
  'too-big',
  /** Something decisive could not be evaluated or was not read: the reason names it. */
  'cannot-tell',
] as const

/** What became of a packet. */
export type Disposition = (typeof DISPOSITIONS)[number]
