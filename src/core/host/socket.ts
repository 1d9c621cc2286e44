/** Who owns a socket, where the reader was allowed to see it. */
export interface SocketProcess {
  readonly name: string
  readonly pid: number
}

/**
 * One socket that accepts packets: TCP in LISTEN, UDP unconnected (`ss -HOnltup`). `address` is `0.0.0.0`, `::` or the
 * address it is bound to; `ipv6Only` tells whether a `::` socket refuses IPv4 peers.
 */
export interface Socket {
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly family: 4 | 6
  readonly address: string
  readonly port: number
  readonly device: string | null
  readonly ipv6Only: boolean
  readonly process: SocketProcess | null
  /** For docker-proxy: where it connects on, from its command line. */
  readonly proxyTo: { readonly address: string; readonly port: number } | null
}
