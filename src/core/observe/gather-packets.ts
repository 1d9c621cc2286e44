import type { Packet } from '../net/packet.ts'
import type { SeenFrame } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'
import type { ChainVisit, SeenPacket } from './seen-packet.ts'

interface Draft {
  readonly frames: SeenFrame[]
  readonly visits: ChainVisit[]
}

/**
 * Puts together what was seen of each packet, by identity: what neither a router nor NAT changes. Chains are joined to
 * the frames of the same packet; those that no frame fits are packets that no device has shown.
 */
export function gatherPackets(
  places: PlaceIndex,
  frames: readonly SeenFrame[],
  visits: readonly ChainVisit[],
): readonly SeenPacket[] {
  const packets = joinFrames(places, inTime(frames))
  for (const walk of groupVisits(visits)) {
    const packet = choosePacket(packets, walk)
    if (packet === null) packets.push({ frames: [], visits: [...walk] })
    else packet.visits.push(...walk)
  }
  return packets
}

const ORDER = { prerouting: 0, output: 0, input: 1, forward: 1, postrouting: 2 } as const

/**
 * Puts the chains together that one packet met on one way through a namespace: those of one trace id, until it is used
 * again. Translation may leave the headers before it nothing in common with those after it.
 */
function groupVisits(visits: readonly ChainVisit[]): readonly (readonly ChainVisit[])[] {
  const open = new Map<string, ChainVisit[]>()
  const walks: ChainVisit[][] = []
  for (const visit of visits) {
    const key = `${visit.netns} ${visit.traceId}`
    const walk = open.get(key)
    if (walk !== undefined && continues(walk, visit)) walk.push(visit)
    else {
      const fresh = [visit]
      open.set(key, fresh)
      walks.push(fresh)
    }
  }
  return walks
}

function continues(walk: readonly ChainVisit[], visit: ChainVisit): boolean {
  const last = walk.at(-1)
  if (last === undefined || orderOf(visit) < orderOf(last)) return false
  const { packet } = last
  const same = packet.protocol === visit.packet.protocol && packet.length === visit.packet.length
  return same && !walk.some((each) => isSameChain(each, visit))
}

const orderOf = ({ hook }: ChainVisit): number => (ORDER as Readonly<Record<string, number>>)[hook] ?? 0

/** By the kernel's stamps; at the same one, what goes out comes before what comes in elsewhere. */
function inTime(frames: readonly SeenFrame[]): readonly SeenFrame[] {
  return frames.toSorted((a, b) => {
    if (a.at !== b.at) return a.at - b.at
    return a.netns === b.netns || a.direction === b.direction ? 0 : a.direction === 'out' ? -1 : 1
  })
}

function joinFrames(places: PlaceIndex, frames: readonly SeenFrame[]): Draft[] {
  const byKey = new Map<string, Draft[]>()
  const drafts: Draft[] = []
  for (const frame of frames) {
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
  if (isAskedAnew(frames, frame) || frames.some((each) => isReverse(each, frame))) return true
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

/** Returns the packet whose headers fit one of the chains best, the earliest of equals that has not met them yet. */
function choosePacket(packets: readonly Draft[], walk: readonly ChainVisit[]): Draft | null {
  let best: Draft | null = null
  let most = 0
  for (const packet of packets) {
    const score = Math.max(...walk.map((visit) => scoreOf(packet, visit)))
    const again = packet.visits.some((each) => walk.some((visit) => isSameChain(each, visit))) ? 0.5 : 0
    if (score === 0 || score - again <= most) continue
    most = score - again
    best = packet
  }
  return best
}

function isSameChain(a: ChainVisit, b: ChainVisit): boolean {
  return (
    a.netns === b.netns &&
    a.family === b.family &&
    a.table === b.table &&
    a.chain === b.chain &&
    a.packet.ttl === b.packet.ttl
  )
}

/** How much of a chain's headers a packet was seen with; 0 where they are not the same packet's. */
function scoreOf({ frames, visits }: Draft, visit: ChainVisit): number {
  const seen = [...frames, ...visits]
  const first = seen[0]
  if (first === undefined || !fits(first, visit)) return 0
  const { packet } = visit
  const near = seen.some((each) => Math.abs(each.packet.ttl - packet.ttl) <= 1)
  if (!near) return 0
  const has = (test: (other: Packet) => boolean): number => (seen.some((each) => test(each.packet)) ? 1 : 0)
  const ends = has(({ src }) => src === packet.src) + has(({ dst }) => dst === packet.dst)
  const ports =
    has((other) => portsOf(other)[0] === portsOf(packet)[0]) + has((other) => portsOf(other)[1] === portsOf(packet)[1])
  const known = (visit.identity.ipId ?? 0) !== 0
  // Without an identification two of four ends have to be the same, a port among them.
  if (!known && (ends + ports < 2 || ports === 0)) return 0
  return 1 + ends + ports
}

function portsOf({ icmp, sourcePort, destinationPort }: Packet): readonly [number | undefined, number | undefined] {
  return icmp === undefined ? [sourcePort, destinationPort] : [icmp.id, icmp.sequence]
}

/** What never changes on a packet's way; nft does not print more of it. */
function fits(seen: SeenFrame | ChainVisit, visit: ChainVisit): boolean {
  const { packet, identity } = visit
  const other = seen.packet
  if (other.family !== packet.family || other.protocol !== packet.protocol) return false
  if (identity.ipId !== undefined && seen.identity.ipId !== undefined && identity.ipId !== seen.identity.ipId)
    return false
  if (seen.identity.fragment !== undefined) return true
  if (other.length !== packet.length) return false
  if (other.icmp?.type !== packet.icmp?.type || other.icmp?.code !== packet.icmp?.code) return false
  if (other.icmp?.sequence !== packet.icmp?.sequence) return false
  return other.tcpFlags?.join() === packet.tcpFlags?.join()
}
