import type { Packet } from '../net/packet.ts'
import type { SeenFrame } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'
import type { ChainVisit } from './seen-packet.ts'

/** A packet while it is being put together. */
export interface Draft {
  readonly frames: SeenFrame[]
  readonly visits: ChainVisit[]
}

/** Returns the packets whose frames were seen, in the order of their first ones: frames with the same identity are one packet's. */
export function joinFrames(places: PlaceIndex, frames: readonly SeenFrame[]): Draft[] {
  const byKey = new Map<string, Draft[]>()
  const drafts: Draft[] = []
  for (const frame of inTime(frames)) {
    const keys = [keyOf(frame), ...wholeKeys(frame)]
    const alike = keys.flatMap((key) => byKey.get(key) ?? [])
    const known = alike.findLast((draft) => !isAnother(places, draft, frame))
    const draft: Draft = known ?? { frames: [], visits: [] }
    draft.frames.push(frame)
    if (known === undefined) drafts.push(draft)
    for (const key of keys) {
      const own = byKey.get(key) ?? []
      if (!own.includes(draft)) byKey.set(key, [...own, draft])
    }
  }
  return drafts
}

/** A text that the frames of one packet share, and no others. */
function keyOf({ packet, identity }: SeenFrame): string {
  const { protocol, family } = packet
  if (protocol === 'arp') return `arp ${packet.arp} ${packet.src} ${packet.dst}`
  if (identity.fragment !== undefined) return piecesKey(packet, identity.ipId)
  return [
    family,
    protocol,
    identity.ipId ?? '',
    packet.length,
    ...marksOf(packet),
    ...transportOf(packet, identity),
  ].join(' ')
}

/** Pieces have no transport header but the first, and NAT leaves IPv4's identification alone; that of IPv6 changes. */
function piecesKey({ family, protocol }: Packet, ipId: number | undefined): string {
  return `${family} ${protocol} pieces ${ipId ?? ''}`
}

/** A packet that may be cut on its way, or was put together from pieces, is known by those, too. */
function wholeKeys({ packet, identity: { ipId, fragment } }: SeenFrame): readonly string[] {
  if (fragment !== undefined || packet.arp !== undefined) return []
  const mayBeCut = packet.family === 4 ? !packet.dontFragment && (ipId ?? 0) !== 0 : packet.length > NEVER_CUT
  return mayBeCut ? [piecesKey(packet, ipId)] : []
}

/** Below this no link cuts a packet of IPv6 (RFC 8200). */
const NEVER_CUT = 1280

function transportOf(packet: Packet, { tcpSequence, tcpAcknowledgement, payload, ipId }: SeenFrame['identity']) {
  if (packet.protocol === 'tcp') return [packet.tcpFlags?.join('.'), tcpSequence, tcpAcknowledgement]
  if (payload !== undefined) return [payload]
  // Without anything of its own a packet is known by its ports, which NAT may change.
  return (ipId ?? 0) === 0 ? [packet.sourcePort, packet.destinationPort] : []
}

/** ICMP has its kind and number, an error what it is about, as far as NAT leaves that alone. */
function marksOf({ icmp, quoted, family, dst }: Packet): readonly (string | number | undefined)[] {
  if (icmp === undefined) return []
  const about = quoted === undefined ? '' : `about ${quoted.protocol} ${quoted.length}`
  // Neighbour discovery is IPv6's ARP: its questions are told apart by whom they are for.
  const target = family === 6 && icmp.id === undefined && quoted === undefined ? dst : ''
  return [icmp.type, icmp.code, icmp.sequence, about, target]
}

/**
 * An answer may look as its question does but for its direction, as an echo of a datagram does, and so may what a program
 * (docker-proxy) sends on.
 */
function isAnother(places: PlaceIndex, { frames }: Draft, frame: SeenFrame): boolean {
  if (isAskedAnew(frames, frame) || frames.some((each) => isReverse(each, frame) || isOtherKind(each, frame)))
    return true
  return isUnrelated(places, frames, frame)
}

function isReverse({ packet: { arp, ...there } }: SeenFrame, { packet: back }: SeenFrame): boolean {
  const same = there.src === back.src && there.sourcePort === back.sourcePort
  const turned = there.src === back.dst && there.dst === back.src
  const ports = there.sourcePort === back.destinationPort && there.destinationPort === back.sourcePort
  return arp === undefined && !same && turned && ports
}

/**
 * What has neither a number of its own nor an end in common with the frames so far is the same packet only where both ends
 * may have been translated at once: in what a bridge hands on, and in what is routed, which has one hop less to live.
 */
function isUnrelated(places: PlaceIndex, frames: readonly SeenFrame[], frame: SeenFrame): boolean {
  const { netns, direction, packet, identity } = frame
  if ((identity.ipId ?? 0) !== 0 || packet.protocol !== 'udp') return false
  if (frames.some((each) => sharesEnd(each.packet, packet))) return false
  const last = frames.findLast((each) => each.netns === netns)
  if (last === undefined) return direction === 'out'
  if (last.direction !== 'in' || direction !== 'out') return true
  return packet.ttl >= last.packet.ttl && places.bridgeOf(netns, last.device) === null
}

/** Pieces of echoes tell apart by the first one alone. */
function isOtherKind({ packet: { icmp: one } }: SeenFrame, { packet: { icmp: other } }: SeenFrame): boolean {
  return one !== undefined && other !== undefined && one.type !== other.type
}

/** Later pieces have no ports. */
function sharesEnd(one: Packet, other: Packet): boolean {
  const same = (a: number | undefined, b: number | undefined): boolean => a === undefined || b === undefined || a === b
  return (
    (one.src === other.src && same(one.sourcePort, other.sourcePort)) ||
    (one.dst === other.dst && same(one.destinationPort, other.destinationPort))
  )
}

/** A question that is asked again is another packet: it begins again where the first one began. */
function isAskedAnew(frames: readonly SeenFrame[], frame: SeenFrame): boolean {
  const { protocol, icmp, family } = frame.packet
  const asks = protocol === 'arp' || (family === 6 && icmp !== undefined && icmp.type >= 133 && icmp.type <= 137)
  if (!asks) return false
  const first = frames[0]
  return (
    first !== undefined &&
    first.netns === frame.netns &&
    first.device === frame.device &&
    first.direction === frame.direction
  )
}

/** By the kernel's stamps; at the same one, what goes out comes before what comes in elsewhere. */
function inTime(frames: readonly SeenFrame[]): readonly SeenFrame[] {
  return frames.toSorted((a, b) => {
    if (a.at !== b.at) return a.at - b.at
    return a.netns === b.netns || a.direction === b.direction ? 0 : a.direction === 'out' ? -1 : 1
  })
}
