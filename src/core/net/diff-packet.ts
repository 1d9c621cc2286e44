import type { FieldDiff, IcmpHeader, Packet } from './packet.ts'

/** A field that a packet lacks is undefined, a MAC that is not decided yet null. */
type Field = string | number | null | undefined

/**
 * Returns the header fields in which two packets differ, in header order (link, network, transport, quoted packet).
 * Names are those of Wireshark's display filters; a field of the packet that an ICMP error quotes is marked `#2`, as
 * Wireshark's layer operator does (`ip.src#2`). A field that one of them lacks is the empty text there.
 */
export function diffPackets(before: Packet, after: Packet): FieldDiff[] {
  if (before === after) return []
  const diffs: FieldDiff[] = []
  collectDiffs(before, after, '', diffs)
  return diffs
}

function collectDiffs(before: Packet, after: Packet, suffix: string, diffs: FieldDiff[]): void {
  const sink: Sink = { diffs, suffix }
  add(sink, 'eth.src', before.sourceMac, after.sourceMac)
  add(sink, 'eth.dst', before.destinationMac, after.destinationMac)
  diffNetwork(before, after, sink)
  diffTransport(before, after, sink)
  if (before.quoted !== undefined && after.quoted !== undefined) {
    if (before.quoted !== after.quoted) collectDiffs(before.quoted, after.quoted, '#2', diffs)
  }
}

interface Sink {
  readonly diffs: FieldDiff[]
  readonly suffix: string
}

/** Numbers become text only where they differ, which few do. */
function add(sink: Sink, field: string, before: Field, after: Field): void {
  if (before === after || (before ?? '') === (after ?? '')) return
  sink.diffs.push({ field: field + sink.suffix, before: `${before ?? ''}`, after: `${after ?? ''}` })
}

function diffNetwork(before: Packet, after: Packet, sink: Sink): void {
  const names = networkNames(after)
  add(sink, names.src, before.src, after.src)
  add(sink, names.dst, before.dst, after.dst)
  add(sink, names.ttl, before.ttl, after.ttl)
  add(sink, names.tos, before.tos ?? 0, after.tos ?? 0)
  add(sink, names.length, before.length - names.lengthBase, after.length - names.lengthBase)
  if (after.family === 4) add(sink, 'ip.flags.df', flag(before.dontFragment), flag(after.dontFragment))
}

interface NetworkNames {
  readonly src: string
  readonly dst: string
  readonly ttl: string
  readonly tos: string
  readonly length: string
  /** What the named length field leaves out: `ipv6.plen` does not count the 40 bytes of the fixed header. */
  readonly lengthBase: number
}

function networkNames(packet: Packet): NetworkNames {
  if (packet.arp !== undefined || packet.protocol === 'arp') return { ...IPV4_NAMES, ...ARP_NAMES }
  return packet.family === 4 ? IPV4_NAMES : IPV6_NAMES
}

const IPV4_NAMES: NetworkNames = {
  src: 'ip.src',
  dst: 'ip.dst',
  ttl: 'ip.ttl',
  tos: 'ip.dsfield',
  length: 'ip.len',
  lengthBase: 0,
}

const IPV6_NAMES: NetworkNames = {
  src: 'ipv6.src',
  dst: 'ipv6.dst',
  ttl: 'ipv6.hlim',
  tos: 'ipv6.tclass',
  length: 'ipv6.plen',
  lengthBase: 40,
}

const ARP_NAMES = { src: 'arp.src.proto_ipv4', dst: 'arp.dst.proto_ipv4' }

function diffTransport(before: Packet, after: Packet, sink: Sink): void {
  if (before.sourcePort !== after.sourcePort)
    add(sink, `${after.protocol}.srcport`, before.sourcePort, after.sourcePort)
  if (before.destinationPort !== after.destinationPort)
    add(sink, `${after.protocol}.dstport`, before.destinationPort, after.destinationPort)
  if (before.tcpFlags !== after.tcpFlags) add(sink, 'tcp.flags', before.tcpFlags?.join(','), after.tcpFlags?.join(','))
  if (before.icmp !== after.icmp)
    diffIcmp(before.icmp, after.icmp, after.family === 4 ? ICMP_NAMES : ICMPV6_NAMES, sink)
}

const ICMP_NAMES: Readonly<Record<keyof IcmpHeader, string>> = {
  type: 'icmp.type',
  code: 'icmp.code',
  id: 'icmp.ident',
  sequence: 'icmp.seq',
  mtu: 'icmp.mtu',
}

const ICMPV6_NAMES: Readonly<Record<keyof IcmpHeader, string>> = {
  type: 'icmpv6.type',
  code: 'icmpv6.code',
  id: 'icmpv6.echo.identifier',
  sequence: 'icmpv6.echo.sequence_number',
  mtu: 'icmpv6.mtu',
}

const ICMP_FIELDS = ['type', 'code', 'id', 'sequence', 'mtu'] as const

function diffIcmp(
  before: IcmpHeader | undefined,
  after: IcmpHeader | undefined,
  names: typeof ICMP_NAMES,
  sink: Sink,
): void {
  for (const field of ICMP_FIELDS) add(sink, names[field], before?.[field], after?.[field])
}

function flag(value: boolean): string {
  return value ? '1' : '0'
}
