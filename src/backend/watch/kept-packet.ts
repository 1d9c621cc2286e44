import { readPacket } from '../../core/parse/live/packet-headers.ts'
import { readLink } from '../../core/parse/live/read-link.ts'
import type { WatchPacket } from '../../core/watch/watch.ts'

/** A packet as it is kept: undecoded, since few of many are looked at. */
export interface KeptPacket {
  readonly seq: number
  readonly seconds: number
  readonly nanoseconds: number
  /** Of the watch's places, or of the imported file's interfaces. */
  readonly origin: number
  readonly linkType: number
  /** As the file tells it; what is listened to says it in the link header. */
  readonly direction: 'in' | 'out' | null
  readonly bytes: Uint8Array
  /** On the wire, with the link header. */
  readonly length: number
  readonly flow: number | null
  readonly comments: readonly string[]
}

/** Where the packets of an origin are. The index is null where the link header tells none. */
export type FindPlace = (
  origin: number,
  deviceIndex: number | null,
) => { readonly netns: string | null; readonly device: string }

/** Returns the packet with its headers read. What cannot be read is told in its place. */
export function describeKept(kept: KeptPacket, findPlace: FindPlace): WatchPacket {
  const { seq, seconds, nanoseconds, origin, linkType, bytes, length, flow, comments } = kept
  const link = readLink(linkType, bytes)
  const base = { seq, seconds, nanoseconds, flow, length, kept: bytes.length, comments }
  if (typeof link === 'string') {
    const place = findPlace(origin, null)
    return { ...base, ...place, direction: kept.direction, otherHost: false, packet: null, problem: link }
  }
  const read = readPacket(link.etherType, link.payload, link.sourceMac)
  const isPacket = read !== null && typeof read !== 'string'
  return {
    ...base,
    ...findPlace(origin, link.deviceIndex),
    direction: kept.direction ?? link.direction,
    otherHost: link.otherHost,
    packet: isPacket ? { ...read.packet, destinationMac: link.destinationMac } : null,
    problem: isPacket ? null : (read ?? `no IP: ether type 0x${link.etherType.toString(16).padStart(4, '0')}`),
  }
}
