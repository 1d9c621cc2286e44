import { canonicalAddress } from '../../net/address.ts'
import type { IcmpHeader, Packet, Protocol, TcpFlag } from '../../net/packet.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import type { SeenRule } from '../../observe/observation.ts'
import { readDscp, readEcn, readIcmpCode, readIcmpType } from './nft-words.ts'
import { nameProtocol, readTcpFlags } from './transport-headers.ts'

type PacketEvent = Extract<SeenRule['event'], { kind: 'packet' }>

/** `ip saddr` -> `172.17.0.2`, `iif` -> `docker0`. */
type Fields = ReadonlyMap<string, string>

/** Fields of one word; all others have a header's name before their own. */
const SINGLE: readonly string[] = ['iif', 'oif', 'iifname', 'oifname']

/**
 * Reads the headers of a `packet:` line: the first twenty bytes of the transport header and no more, so that neither
 * sequence numbers nor what an ICMP error quotes are there. Of IPv6's later fragments there are not even the addresses: they
 * are a `piece`, and so is the first one, whose transport header nft does not find. Null for a line without IP addresses.
 */
export function readNftPacket(text: string): PacketEvent | { readonly kind: 'piece' } | null {
  const fields = readFields(text)
  if (isPiece(fields)) return { kind: 'piece' }
  const packet = readHeaders(fields, fields.has('ip6 saddr') ? 'ip6' : 'ip')
  if (packet === null) return null
  const ipId = numberIn(fields, 'ip id')
  return {
    kind: 'packet',
    packet,
    identity: ipId === null ? {} : { ipId },
    inDevice: fields.get('iif') ?? fields.get('iifname') ?? null,
    outDevice: fields.get('oif') ?? fields.get('oifname') ?? null,
  }
}

function isPiece(fields: Fields): boolean {
  const next = fields.get('ip6 nexthdr')
  return next === 'ipv6-frag' || next === '44' || (fields.get('ether type') === 'ip6' && !fields.has('ip6 saddr'))
}

function readFields(text: string): Fields {
  const words = text.match(/"[^"]*"|\S+/g) ?? []
  const fields = new Map<string, string>()
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? ''
    const single = SINGLE.includes(word) || word.startsWith('@')
    const key = single ? word : `${word} ${words[at + 1] ?? ''}`
    at += single ? 1 : 2
    if (words[at] === '==') at += 1
    const value = (words[at] ?? '').replaceAll('"', '')
    at += 1
    if (!fields.has(key)) fields.set(key, value)
  }
  return fields
}

function numberIn(fields: Fields, key: string): number | null {
  const text = fields.get(key)
  if (text === undefined || !/^(0x[0-9a-f]+|\d+)$/.test(text)) return null
  return Number(text)
}

/** IPv6 gives the length of its payload, IPv4 that of the packet. */
const NETWORK = {
  ip: { family: 4, ttl: 'ip ttl', protocol: 'ip protocol', header: 0 },
  ip6: { family: 6, ttl: 'ip6 hoplimit', protocol: 'ip6 nexthdr', header: 40 },
} as const

function readHeaders(fields: Fields, name: 'ip' | 'ip6'): Packet | null {
  const names = NETWORK[name]
  const src = canonicalAddress(fields.get(`${name} saddr`) ?? '')
  const dst = canonicalAddress(fields.get(`${name} daddr`) ?? '')
  const ttl = numberIn(fields, names.ttl)
  const length = numberIn(fields, `${name} length`)
  if (src === null || dst === null || ttl === null || length === null) return null
  const tos = (readDscp(fields.get(`${name} dscp`) ?? 'cs0') << 2) | readEcn(fields.get(`${name} ecn`) ?? 'not-ect')
  return {
    family: names.family,
    protocol: protocolOf(fields, names.protocol),
    src,
    dst,
    ...readTransport(fields),
    ttl,
    ...(tos === 0 ? {} : { tos }),
    length: length + names.header,
    // Not among the fields that nft prints.
    dontFragment: false,
    sourceMac: fields.get('ether saddr') ?? null,
    destinationMac: fields.get('ether daddr') ?? null,
  }
}

/** Only chains of family inet have the protocol's own field; elsewhere its header tells. */
function protocolOf(fields: Fields, key: string): Protocol {
  const number = protocolNumber(fields.get(key) ?? '')
  if (number !== null) return nameProtocol(number)
  for (const protocol of ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp'] as const) {
    for (const field of fields.keys()) if (field.startsWith(`${protocol} `)) return protocol
  }
  return '255'
}

function readTransport(fields: Fields): Pick<Packet, 'sourcePort' | 'destinationPort' | 'tcpFlags' | 'icmp'> {
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    const sourcePort = numberIn(fields, `${protocol} sport`)
    const destinationPort = numberIn(fields, `${protocol} dport`)
    if (sourcePort === null || destinationPort === null) continue
    const flags = protocol === 'tcp' ? fields.get('tcp flags') : undefined
    return { sourcePort, destinationPort, ...(flags === undefined ? {} : { tcpFlags: flagsOf(flags) }) }
  }
  const icmp = readIcmp(fields, 'icmp') ?? readIcmp(fields, 'icmpv6')
  return icmp === null ? {} : { icmp }
}

const FLAG_BITS: Readonly<Record<string, number>> = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 }

function flagsOf(text: string): readonly TcpFlag[] {
  const bits = text
    .split(/[,|]/)
    .reduce((sum, word) => sum | (FLAG_BITS[word] ?? (/^(0x[0-9a-f]+|\d+)$/.test(word) ? Number(word) : 0)), 0)
  return readTcpFlags(bits)
}

/** nft prints the id and the sequence of every ICMP message; only echoes have them. */
function readIcmp(fields: Fields, protocol: 'icmp' | 'icmpv6'): IcmpHeader | null {
  const type = readIcmpType(protocol, fields.get(`${protocol} type`) ?? '')
  const code = readIcmpCode(protocol, fields.get(`${protocol} code`) ?? '')
  if (type === null || code === null) return null
  const echoes = protocol === 'icmp' ? [0, 8] : [128, 129]
  return echoes.includes(type) ? { type, code, ...readEcho(fields, protocol) } : { type, code }
}

/** Of ICMPv6 nft names the four bytes after the checksum `parameter-problem`, whatever they are. */
function readEcho(fields: Fields, protocol: 'icmp' | 'icmpv6'): Pick<IcmpHeader, 'id' | 'sequence'> {
  const word = protocol === 'icmp' ? null : numberIn(fields, 'icmpv6 parameter-problem')
  const id = word === null ? numberIn(fields, `${protocol} id`) : Math.floor(word / 65_536)
  const sequence = word === null ? numberIn(fields, `${protocol} sequence`) : word % 65_536
  return id === null || sequence === null ? {} : { id, sequence }
}
