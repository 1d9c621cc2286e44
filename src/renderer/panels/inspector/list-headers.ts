import type { FieldDiff, IcmpHeader, Packet } from '../../../core/net/packet.ts'
import type { Hop } from '../../../core/trace/trace-report.ts'

/** One row of the headers table; `after` is null where the hop left the field as it was. */
export interface HeaderRow {
  readonly field: string
  readonly before: string
  readonly after: string | null
}

/**
 * Returns the headers of the packet at a hop, in wire order, as they arrived and as the hop's steps left them. A field
 * that the steps change but the packet did not have (a MAC that was not decided yet) starts as an em dash.
 */
export function listHeaders(hop: Hop): readonly HeaderRow[] {
  const changes = foldDiffs(hop.steps.flatMap((step) => step.diff))
  const rows = packetFields(hop.packet).map(([field, before]): HeaderRow => {
    const change = changes.get(field)
    changes.delete(field)
    if (change === undefined) return { field, before, after: null }
    const first = change.before === '' ? before : change.before
    return { field, before: first, after: change.after === first ? null : change.after }
  })
  const added = [...changes.values()].map((diff): HeaderRow => {
    return { field: diff.field, before: diff.before === '' ? '—' : diff.before, after: diff.after }
  })
  return [...rows, ...added]
}

/** Returns one diff a field: the first value before and the last one after. */
function foldDiffs(diffs: readonly FieldDiff[]): Map<string, FieldDiff> {
  const folded = new Map<string, FieldDiff>()
  for (const diff of diffs) {
    const earlier = folded.get(diff.field)
    folded.set(diff.field, earlier === undefined ? diff : { ...diff, before: earlier.before })
  }
  return folded
}

/** Returns the headers of one packet, in wire order, each with its name as Wireshark has it. */
export function packetFields(packet: Packet): readonly (readonly [string, string])[] {
  const ip = packet.family === 6 ? 'ipv6' : 'ip'
  if (packet.arp !== undefined) return arpFields(packet)
  const fields: (readonly [string, string])[] = [
    [`${ip}.src`, packet.src],
    [`${ip}.dst`, packet.dst],
    [packet.family === 6 ? 'ipv6.hlim' : 'ip.ttl', String(packet.ttl)],
    ...transportFields(packet),
    ['eth.src', packet.sourceMac ?? '—'],
    ['eth.dst', packet.destinationMac ?? '—'],
    [packet.family === 6 ? 'ipv6.plen' : 'ip.len', `${packet.length} bytes`],
  ]
  return fields
}

function arpFields(packet: Packet): readonly (readonly [string, string])[] {
  return [
    ['arp', packet.arp === 'request' ? 'request: who has' : 'reply: is at'],
    ['arp.src.proto_ipv4', packet.src],
    ['arp.dst.proto_ipv4', packet.dst],
    ['eth.src', packet.sourceMac ?? '—'],
    ['eth.dst', packet.destinationMac ?? '—'],
  ]
}

function transportFields(packet: Packet): readonly (readonly [string, string])[] {
  if (packet.icmp !== undefined)
    return [[packet.family === 6 ? 'icmpv6' : 'icmp', icmpWords(packet.icmp, packet.family)]]
  const name = packet.protocol
  const fields: (readonly [string, string])[] = []
  if (packet.sourcePort !== undefined) fields.push([`${name}.srcport`, String(packet.sourcePort)])
  if (packet.destinationPort !== undefined) fields.push([`${name}.dstport`, String(packet.destinationPort)])
  if (packet.tcpFlags !== undefined) fields.push(['tcp.flags', packet.tcpFlags.join(', ').toUpperCase()])
  return fields
}

/** Returns the message in words: `echo request, id 4242, seq 1`. Types that have no name here keep their numbers. */
export function icmpWords(icmp: IcmpHeader, family: 4 | 6): string {
  const names: Readonly<Record<string, string>> = {
    '4/0': 'echo reply',
    '4/3': `unreachable, code ${icmp.code}`,
    '4/5': `redirect, code ${icmp.code}`,
    '4/8': 'echo request',
    '4/11': 'time exceeded',
    '6/1': `unreachable, code ${icmp.code}`,
    '6/2': 'packet too big',
    '6/3': 'time exceeded',
    '6/128': 'echo request',
    '6/129': 'echo reply',
  }
  const name = names[`${family}/${icmp.type}`] ?? `type ${icmp.type}, code ${icmp.code}`
  const id = icmp.id === undefined ? '' : `, id ${icmp.id}`
  const sequence = icmp.sequence === undefined ? '' : `, seq ${icmp.sequence}`
  const mtu = icmp.mtu === undefined ? '' : `, mtu ${icmp.mtu}`
  return `${name}${id}${sequence}${mtu}`
}
