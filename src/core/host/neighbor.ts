/** One entry of a neighbour table (`ip neigh`): ARP for IPv4, neighbour discovery for IPv6. */
export interface Neighbor {
  readonly family: 4 | 6
  readonly address: string
  readonly device: string
  readonly mac: string | null
  readonly state: 'reachable' | 'stale' | 'delay' | 'probe' | 'failed' | 'incomplete' | 'permanent' | 'noarp' | 'none'
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
