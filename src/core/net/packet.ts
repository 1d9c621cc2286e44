/** IP version. */
export type Family = 4 | 6

/** Transport protocols that have a name here; anything else travels as its decimal protocol number. */
export type Protocol = 'icmp' | 'icmpv6' | 'tcp' | 'udp' | 'sctp' | 'arp' | `${number}`

/** The ICMP or ICMPv6 fields of a packet. `id` and `sequence` exist for echo messages, `mtu` for "too big". */
export interface IcmpHeader {
  readonly type: number
  readonly code: number
  readonly id?: number
  readonly sequence?: number
  readonly mtu?: number
}

/** A TCP flag as tcpdump names it. */
export type TcpFlag = 'syn' | 'ack' | 'rst' | 'fin' | 'psh' | 'urg'

/**
 * The headers of one packet, as plain JSON. Addresses are canonical text (`172.17.0.2`, `2001:db8::1`), MACs are lower
 * case with colons, `length` is the total length of the IP packet in bytes. MACs are null where the link layer has
 * not been decided yet, or has none (loopback has 00:00:00:00:00:00).
 */
export interface Packet {
  readonly family: Family
  readonly protocol: Protocol
  readonly src: string
  readonly dst: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  readonly icmp?: IcmpHeader
  readonly tcpFlags?: readonly TcpFlag[]
  readonly ttl: number
  readonly tos?: number
  readonly length: number
  readonly dontFragment: boolean
  readonly sourceMac: string | null
  readonly destinationMac: string | null
  /** The packet that an ICMP error quotes, as it was when the error was made. */
  readonly quoted?: Packet
  /** For ARP: what is asked or answered. `src` and `dst` are then the sender's and the target's protocol address. */
  readonly arp?: 'request' | 'reply'
}

/** One header field that changed: a dotted name as Wireshark's filters use (`ip.src`, `tcp.dstport`, `eth.src`). */
export interface FieldDiff {
  readonly field: string
  readonly before: string
  readonly after: string
}
