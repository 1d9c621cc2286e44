/** An address on a list of `recent`: the TTL it came with, and at how many times it was seen. */
export interface RecentEntry {
  readonly address: string
  readonly ttl: number
  readonly times: number
}

/** One list of `recent`, of either IP version. */
export interface RecentList {
  readonly name: string
  readonly entries: readonly RecentEntry[]
}

/** One bucket of `hashlimit`. What the table is not kept by is 0. Another packet passes for `cost` of the `credit`. */
export interface HashlimitBucket {
  readonly source: string
  readonly sourcePort: number
  readonly destination: string
  readonly destinationPort: number
  readonly credit: number
  readonly cost: number
}

/** One table of `hashlimit`. */
export interface HashlimitTable {
  readonly family: 4 | 6
  readonly name: string
  readonly buckets: readonly HashlimitBucket[]
}

/**
 * What iptables' modules keep between packets, as far as the kernel shows it below /proc/net, and whether IPVS and IPsec
 * have anything to do in the namespace.
 */
export interface RuleState {
  readonly recent: readonly RecentList[]
  readonly hashlimit: readonly HashlimitTable[]
  readonly ipvsServices: number
  /** Null where the kernel did not say. */
  readonly ipsecPolicies: number | null
}
