/**
 * What a captured packet says: the headers that tests compare, and nothing of what GSO and checksum offload make up.
 */
import type { CapturedPacket } from './pcap.ts'

export interface Frame {
  /** The label under which its namespace was given to captureFrames. */
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
  /** Why it came in: for us, for all, for some, or (`other-host`, tcpdump's P) for another MAC address, as on a bridge port. */
  readonly packetType: 'host' | 'broadcast' | 'multicast' | 'other-host' | 'outgoing'
  readonly protocol: 'icmp' | 'icmp6' | 'tcp' | 'udp' | 'arp' | `ip-${number}` | `ether-${number}`
  readonly src: string
  readonly dst: string
  readonly sourcePort?: number
  readonly destinationPort?: number
  /** TTL or hop limit. */
  readonly ttl?: number
  /** Identification of an IPv4 packet; the kernel's own DF packets may carry 0. */
  readonly ipId?: number
  readonly icmp?: { readonly type: number; readonly code: number; readonly id?: number; readonly seq?: number }
  readonly tcp?: { readonly flags: string; readonly sequence: number; readonly acknowledgement: number }
  readonly arp?: 'request' | 'reply'
  readonly sourceMac: string
  /** Length of the IP packet. */
  readonly length: number
  readonly time: number
}

type Headers = Omit<Frame, 'netns' | 'device' | 'direction' | 'packetType' | 'sourceMac' | 'time'>

const packetTypes = ['host', 'broadcast', 'multicast', 'other-host', 'outgoing'] as const

/**
 * Decodes a captured packet; `devices` maps the namespace's interface indexes to names.
 */
export function readFrame(netns: string, devices: ReadonlyMap<number, string>, packet: CapturedPacket): Frame {
  const packetType = packetTypes[packet.packetType] ?? 'host'
  return {
    netns,
    device: devices.get(packet.ifindex) ?? `if${packet.ifindex}`,
    direction: packetType === 'outgoing' ? 'out' : 'in',
    packetType,
    sourceMac: packet.sourceMac,
    time: packet.time,
    ...readHeaders(packet.etherType, packet.payload),
  }
}

function readHeaders(etherType: number, data: Buffer): Headers {
  if (etherType === 0x0800 && data.length >= 20) return readIpv4(data)
  if (etherType === 0x86dd && data.length >= 40) return readIpv6(data)
  if (etherType === 0x0806 && data.length >= 28) return readArp(data)
  return { protocol: `ether-${etherType}`, src: '', dst: '', length: data.length }
}

function readArp(data: Buffer): Headers {
  const arp = data.readUInt16BE(6) === 1 ? 'request' : 'reply'
  return { protocol: 'arp', src: ipv4(data, 14), dst: ipv4(data, 24), arp, length: data.length }
}

function readIpv4(data: Buffer): Headers {
  const fragmentOffset = data.readUInt16BE(6) & 0x1fff
  const protocol = data.readUInt8(9)
  const body = data.subarray((data.readUInt8(0) & 15) * 4)
  return {
    // Only the first fragment has a transport header; the others begin with payload.
    ...(fragmentOffset === 0 ? readTransport(protocol, body) : { protocol: protocolName(protocol) }),
    src: ipv4(data, 12),
    dst: ipv4(data, 16),
    ttl: data.readUInt8(8),
    ipId: data.readUInt16BE(4),
    length: data.readUInt16BE(2),
  }
}

/**
 * Hop-by-hop options (MLD carries them) and the headers of fragments are stepped over; other extension headers are shown as
 * what they are.
 */
function readIpv6(data: Buffer): Headers {
  const following = data.readUInt8(6)
  const options = following === 0 && data.length >= 48
  const fragment = following === 44 && data.length >= 48
  const protocol = data.readUInt8(options || fragment ? 40 : 6)
  const body = data.subarray(options ? 48 + data.readUInt8(41) * 8 : fragment ? 48 : 40)
  const later = fragment && data.readUInt16BE(42) >> 3 !== 0
  return {
    ...(later ? { protocol: protocolName(protocol) } : readTransport(protocol, body)),
    src: readIpv6Address(data, 8),
    dst: readIpv6Address(data, 24),
    ttl: data.readUInt8(7),
    length: 40 + data.readUInt16BE(4),
  }
}

type Transport = Pick<Headers, 'protocol' | 'sourcePort' | 'destinationPort' | 'icmp' | 'tcp'>

function readTransport(number: number, body: Buffer): Transport {
  const protocol = protocolName(number)
  if (body.length < 8) return { protocol }
  if (protocol === 'icmp' || protocol === 'icmp6') return { protocol, icmp: readIcmp(protocol, body) }
  if (protocol !== 'tcp' && protocol !== 'udp') return { protocol }
  const ports = { sourcePort: body.readUInt16BE(0), destinationPort: body.readUInt16BE(2) }
  return protocol === 'udp' || body.length < 20 ? { protocol, ...ports } : { protocol, ...ports, tcp: readTcp(body) }
}

function readIcmp(protocol: 'icmp' | 'icmp6', body: Buffer): NonNullable<Frame['icmp']> {
  const kind = { type: body.readUInt8(0), code: body.readUInt8(1) }
  const echo = protocol === 'icmp' ? [0, 8] : [128, 129]
  return echo.includes(kind.type) ? { ...kind, id: body.readUInt16BE(4), seq: body.readUInt16BE(6) } : kind
}

function readTcp(body: Buffer): NonNullable<Frame['tcp']> {
  const bits = body.readUInt8(13)
  // In tcpdump's letters, from the lowest bit up.
  const flags = Array.from('FSRP.UEW')
    .filter((_, bit) => (bits & (1 << bit)) !== 0)
    .join('')
  return { flags, sequence: body.readUInt32BE(4), acknowledgement: body.readUInt32BE(8) }
}

function protocolName(number: number): Headers['protocol'] {
  if (number === 1) return 'icmp'
  if (number === 6) return 'tcp'
  if (number === 17) return 'udp'
  return number === 58 ? 'icmp6' : `ip-${number}`
}

function ipv4(data: Buffer, at: number): string {
  return [...data.subarray(at, at + 4)].join('.')
}

/** In the usual short form: URL knows the rule. */
export function readIpv6Address(data: Buffer, at: number): string {
  const groups = Array.from({ length: 8 }, (_, index) => data.readUInt16BE(at + index * 2).toString(16))
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
