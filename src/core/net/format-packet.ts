import type { Packet } from './packet.ts'

/** Returns what a packet is, without its addresses: `ICMP echo request id 1 seq 0`, `TCP [S]`, `UDP`. */
export function formatPayload(packet: Packet): string {
  switch (packet.protocol) {
    case 'icmp':
    case 'icmpv6':
      return formatIcmp(packet)
    case 'tcp':
      return `TCP [${formatTcpFlags(packet)}]`
    case 'udp':
    case 'sctp':
      return packet.protocol.toUpperCase()
    case 'arp':
      return formatArp(packet)
    default:
      return `protocol ${packet.protocol}`
  }
}

/** Returns `10.1.2.3:80`, `[2001:db8::1]:80`; the address alone where there is no port. */
export function formatEnd(address: string, port: number | undefined): string {
  return port === undefined ? address : `${bracketed(address)}:${port}`
}

/** Returns an address as it stands before a port: `10.1.2.3`, `[2001:db8::1]`. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}

function formatArp(packet: Packet): string {
  return packet.arp === 'reply'
    ? `ARP reply ${packet.src} is-at ${packet.sourceMac ?? '?'}`
    : `ARP who-has ${packet.dst} tell ${packet.src}`
}

const FLAG_LETTERS = { syn: 'S', fin: 'F', rst: 'R', psh: 'P', urg: 'U', ack: '.' } as const

function formatTcpFlags(packet: Packet): string {
  const flags = packet.tcpFlags ?? []
  return (['syn', 'fin', 'rst', 'psh', 'urg', 'ack'] as const)
    .filter((flag) => flags.includes(flag))
    .map((flag) => FLAG_LETTERS[flag])
    .join('')
}

function formatIcmp(packet: Packet): string {
  const icmp = packet.icmp
  if (icmp === undefined) return 'ICMP'
  const name = nameIcmp(packet.family, icmp.type, icmp.code)
  const id = icmp.id === undefined ? '' : ` id ${icmp.id}`
  const sequence = icmp.sequence === undefined ? '' : ` seq ${icmp.sequence}`
  const mtu = icmp.mtu === undefined ? '' : ` mtu ${icmp.mtu}`
  return `ICMP ${name}${id}${sequence}${mtu}`
}

const ICMP4_NAMES: Readonly<Record<string, string>> = {
  '0/0': 'echo reply',
  '8/0': 'echo request',
  '3/0': 'network unreachable',
  '3/1': 'host unreachable',
  '3/2': 'protocol unreachable',
  '3/3': 'port unreachable',
  '3/4': 'fragmentation needed',
  '3/9': 'network prohibited',
  '3/10': 'host prohibited',
  '3/13': 'administratively prohibited',
  '11/0': 'time exceeded',
}

const ICMP6_NAMES: Readonly<Record<string, string>> = {
  '128/0': 'echo request',
  '129/0': 'echo reply',
  '1/0': 'no route',
  '1/1': 'administratively prohibited',
  '1/3': 'address unreachable',
  '1/4': 'port unreachable',
  '2/0': 'packet too big',
  '3/0': 'time exceeded',
  '135/0': 'neighbour solicitation',
  '136/0': 'neighbour advertisement',
}

/** Returns the usual words for an ICMP type and code, or `type T code C`. */
export function nameIcmp(family: 4 | 6, type: number, code: number): string {
  const names = family === 4 ? ICMP4_NAMES : ICMP6_NAMES
  return names[`${type}/${code}`] ?? `type ${type} code ${code}`
}
