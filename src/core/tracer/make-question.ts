import { canonicalAddress } from '../net/address.ts'
import type { NetNamespace } from '../host/namespace.ts'
import type { Packet } from '../net/packet.ts'
import { defaultLength, defaultTtl } from './make-packet.ts'

/** The first packet of a flow, before it is sent. `src` null: the route chooses. For ICMP `sourcePort` is the echo id. */
export interface QuestionHeaders {
  readonly protocol: 'icmp' | 'tcp' | 'udp'
  readonly src: string | null
  readonly dst: string
  readonly sourcePort: number
  readonly destinationPort: number
  readonly ttl?: number
  readonly length?: number
  readonly dontFragment?: boolean
}

/** Returns an echo request, a SYN or a datagram as Linux sends them, with DF set; a machine outside (null) has a TTL of 64. */
export function makeQuestion(netns: NetNamespace | null, headers: QuestionHeaders): Packet {
  const { protocol, sourcePort, destinationPort } = headers
  const family = headers.dst.includes(':') ? 6 : 4
  const icmp = protocol === 'icmp'
  const packet: { -readonly [Key in keyof Packet]: Packet[Key] } = {
    family,
    src: headers.src ?? (family === 4 ? '0.0.0.0' : '::'),
    dst: canonicalAddress(headers.dst) ?? headers.dst,
    ttl: headers.ttl ?? (netns === null ? 64 : defaultTtl(netns, family)),
    length: headers.length ?? defaultLength(protocol, family),
    dontFragment: headers.dontFragment ?? family === 4,
    sourceMac: null,
    destinationMac: null,
    protocol: icmp && family === 6 ? 'icmpv6' : protocol,
  }
  if (icmp) {
    packet.icmp = { type: family === 4 ? 8 : 128, code: 0, id: sourcePort, sequence: 0 }
    return packet
  }
  packet.sourcePort = sourcePort
  packet.destinationPort = destinationPort
  if (protocol === 'tcp') packet.tcpFlags = ['syn']
  return packet
}
