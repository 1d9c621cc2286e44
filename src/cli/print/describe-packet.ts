import { nameIcmp } from '../../core/net/format-packet.ts'
import type { Packet, Protocol } from '../../core/net/packet.ts'

/** `TCP`, `ICMPv6`, `protocol 47`. */
export function describeProtocol(protocol: Protocol | 'dns'): string {
  if (protocol === 'icmpv6') return 'ICMPv6'
  return /^\d+$/.test(protocol) ? `protocol ${protocol}` : protocol.toUpperCase()
}

/** What kind of packet it is: `ICMP echo request`, `TCP SYN`, `UDP`, `ARP request`. */
export function describeKind(packet: Packet): string {
  const protocol = describeProtocol(packet.protocol)
  if (packet.arp !== undefined) return `ARP ${packet.arp}`
  if (packet.icmp !== undefined) return `${protocol} ${nameIcmp(packet.family, packet.icmp.type, packet.icmp.code)}`
  if (packet.tcpFlags !== undefined && packet.tcpFlags.length > 0) {
    return `${protocol} ${packet.tcpFlags.map((flag) => flag.toUpperCase()).join('+')}`
  }
  return protocol
}
