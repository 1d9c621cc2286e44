import { formatEnd } from '../../../core/net/format-packet.ts'
import type { Packet } from '../../../core/net/packet.ts'
import type { WatchPacket } from '../../../core/watch/watch.ts'
import { icmpWords } from '../inspector/list-headers.ts'
import { countWords } from './format-counts.ts'

/** Returns a packet's number as people count, from one, which Wireshark does, too. */
export function numberWords(seq: number): string {
  return countWords(seq + 1)
}

/** Returns where a packet was seen: `eth0 in container:web, out`. */
export function whereWords({ netns, device, direction }: Pick<WatchPacket, 'netns' | 'device' | 'direction'>): string {
  const place = netns === null ? `${device}, not of this host` : `${device} in ${netns}`
  return direction === null ? place : `${place}, ${direction}`
}

/** Returns the same in a few words, for a column: `web · eth0 · out`. */
export function shortWhere({ netns, device, direction }: Pick<WatchPacket, 'netns' | 'device' | 'direction'>): string {
  const home = netns === null ? 'elsewhere' : netns.replace(/^(container|sandbox):/, '')
  return [home, device, direction ?? ''].filter(Boolean).join(' · ')
}

/** Returns what a packet is, in a few words: `SYN`, `echo request, id 7`, `who has 172.17.0.1`. */
export function packetWords(packet: Packet | null, problem: string | null): string {
  if (packet === null) return problem ?? 'cannot be read'
  if (packet.arp !== undefined)
    return packet.arp === 'request' ? `who has ${packet.dst}` : `${packet.src} is at ${packet.sourceMac ?? '?'}`
  if (packet.icmp !== undefined) return icmpWords(packet.icmp, packet.family)
  if (packet.tcpFlags !== undefined) return packet.tcpFlags.join(', ').toUpperCase()
  return ''
}

/** Returns a packet's two ends. */
export function packetEnds(packet: Packet | null): readonly [string, string] {
  if (packet === null) return ['', '']
  return [formatEnd(packet.src, packet.sourcePort), formatEnd(packet.dst, packet.destinationPort)]
}

/** Returns the time of day of a packet in UTC, to the microsecond: `14:03:07.123456`. */
export function timeWords({ seconds, nanoseconds }: Pick<WatchPacket, 'seconds' | 'nanoseconds'>): string {
  const time = new Date(seconds * 1000).toISOString().slice(11, 19)
  return `${time}.${String(Math.floor(nanoseconds / 1000)).padStart(6, '0')}`
}

/** Returns the whole stamp, with the date and all nine digits of its nanoseconds. */
export function stampWords({ seconds, nanoseconds }: Pick<WatchPacket, 'seconds' | 'nanoseconds'>): string {
  const stamp = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${stamp}.${String(nanoseconds).padStart(9, '0')} UTC`
}
