import type { FieldDiff, IcmpHeader, Packet, TcpFlag } from '../../core/net/packet.ts'

const TCP_FLAGS: readonly TcpFlag[] = ['syn', 'ack', 'rst', 'fin', 'psh', 'urg']

/**
 * Returns the headers as they are after the given changes. Field names are Wireshark's (`ip.src`, `tcp.dstport`). A field
 * that a `Packet` does not hold (a mark, a checksum) leaves the headers as they are; the change itself stays visible in
 * its step's `diff`.
 */
export function applyDiff(packet: Packet, diff: readonly FieldDiff[]): Packet {
  return diff.reduce(applyField, packet)
}

function applyField(packet: Packet, { field, before, after }: FieldDiff): Packet {
  const name = field.toLowerCase()
  // `ip.src#2` is the field of the packet that an ICMP error quotes.
  if (name.endsWith('#2')) {
    if (packet.quoted === undefined) return packet
    return { ...packet, quoted: applyField(packet.quoted, { field: name.slice(0, -2), before, after }) }
  }
  switch (name) {
    case 'ip.src':
    case 'ipv6.src':
    case 'arp.src.proto_ipv4':
      return { ...packet, src: after }
    case 'ip.dst':
    case 'ipv6.dst':
    case 'arp.dst.proto_ipv4':
      return { ...packet, dst: after }
    case 'eth.src':
    case 'eth.dst':
      return applyMac(packet, name, after)
    case 'tcp.flags':
      return { ...packet, tcpFlags: TCP_FLAGS.filter((flag) => after.toLowerCase().includes(flag)) }
    case 'ip.flags.df':
      return { ...packet, dontFragment: after === '1' || after === 'true' }
    default:
      return applyNumber(packet, name, after)
  }
}

function applyMac(packet: Packet, name: string, after: string): Packet {
  const mac = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(after) ? after : null
  return name === 'eth.src' ? { ...packet, sourceMac: mac } : { ...packet, destinationMac: mac }
}

function applyNumber(packet: Packet, name: string, after: string): Packet {
  const value = Number(after)
  if (after === '' || !Number.isFinite(value)) return packet
  switch (name) {
    case 'ip.ttl':
    case 'ipv6.hlim':
      return { ...packet, ttl: value }
    case 'ip.len':
      return { ...packet, length: value }
    case 'ipv6.plen':
      return { ...packet, length: value + 40 }
    case 'ip.dsfield':
    case 'ipv6.tclass':
      return { ...packet, tos: value }
    case 'tcp.srcport':
    case 'udp.srcport':
    case 'sctp.srcport':
      return { ...packet, sourcePort: value }
    case 'tcp.dstport':
    case 'udp.dstport':
    case 'sctp.dstport':
      return { ...packet, destinationPort: value }
    default:
      return packet.icmp === undefined ? packet : { ...packet, icmp: applyIcmp(packet.icmp, name, value) }
  }
}

function applyIcmp(icmp: IcmpHeader, name: string, value: number): IcmpHeader {
  switch (name) {
    case 'icmp.type':
    case 'icmpv6.type':
      return { ...icmp, type: value }
    case 'icmp.code':
    case 'icmpv6.code':
      return { ...icmp, code: value }
    case 'icmp.ident':
    case 'icmpv6.echo.identifier':
      return { ...icmp, id: value }
    case 'icmp.seq':
    case 'icmpv6.echo.sequence_number':
      return { ...icmp, sequence: value }
    case 'icmp.mtu':
    case 'icmpv6.mtu':
      return { ...icmp, mtu: value }
    default:
      return icmp
  }
}
