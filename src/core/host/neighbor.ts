/** The states of a neighbour entry, as `ip neigh` names them. */
export const NEIGHBOR_STATES = [
  'reachable',
  'stale',
  'delay',
  'probe',
  'failed',
  'incomplete',
  'permanent',
  'noarp',
  'none',
] as const

/** One entry of a neighbour table (`ip neigh`): ARP for IPv4, neighbour discovery for IPv6. */
export interface Neighbor {
  readonly family: 4 | 6
  readonly address: string
  readonly device: string
  readonly mac: string | null
  readonly state: (typeof NEIGHBOR_STATES)[number]
}

/** One entry of a bridge's forwarding database (`bridge fdb`): behind which port a MAC was seen. */
export interface FdbEntry {
  readonly mac: string
  readonly device: string
  readonly master: string | null
  readonly permanent: boolean
  readonly self: boolean
  /** For vxlan devices: the remote endpoint. */
  readonly remote?: string
}
