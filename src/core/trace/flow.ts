/** What is asked about. `from` and `to` are as the user wrote them (`web`, `host`, `external:198.51.100.7`, `db:5432`). */
export interface Flow {
  readonly from: string
  readonly to: string
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  /** For ICMP the echo id. */
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly ttl?: number
  /** Total IP length in bytes. */
  readonly length?: number
  readonly dontFragment?: boolean
}
