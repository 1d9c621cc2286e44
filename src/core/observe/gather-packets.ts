import type { Packet } from '../net/packet.ts'
import type { SeenFrame } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'
import { groupVisits, isSameChain, orderOf } from './group-visits.ts'
import { type Draft, joinFrames } from './join-frames.ts'
import type { ChainVisit, SeenPacket } from './seen-packet.ts'

/**
 * Puts together what was seen of each packet, by identity: what neither a router nor NAT changes. Chains are joined to
 * the frames of the same packet; those that no frame fits are packets that no device has shown.
 */
export function gatherPackets(
  places: PlaceIndex,
  frames: readonly SeenFrame[],
  visits: readonly ChainVisit[],
): readonly SeenPacket[] {
  const packets = joinFrames(places, frames)
  const recent = new Map<string, Draft>()
  for (const walk of groupVisits(visits)) {
    const netns = walk[0]?.netns ?? ''
    const packet = choosePacket(packets, walk, recent.get(netns) ?? null)
    const draft = packet ?? { frames: [], visits: [] }
    if (packet === null) packets.push(draft)
    draft.visits.push(...walk)
    recent.set(netns, draft)
  }
  // The last copy of a flooded frame goes by the trace id that the frame came with: its chains are no part of the first ones.
  const told = new Map(visits.map((visit, index) => [visit, index]))
  for (const packet of packets) packet.visits.sort((a, b) => (told.get(a) ?? 0) - (told.get(b) ?? 0))
  return packets
}

/**
 * Returns the packet whose headers fit one of the chains best; of equals the earliest that has not met them yet. What goes on
 * within a namespace is more of what came there last, as are the copies of a frame for all.
 */
function choosePacket(packets: readonly Draft[], walk: readonly ChainVisit[], recent: Draft | null): Draft | null {
  const [first] = walk
  const goesOn = first !== undefined && orderOf(first) > 0
  let best: Draft | null = null
  let most = 0
  for (const packet of packets) {
    const score = Math.max(...walk.map((visit) => scoreOf(packet, visit)))
    const met = packet.visits.some((each) => walk.some((visit) => isSameChain(each, visit)))
    const again = goesOn ? (packet === recent ? -0.5 : 0) : met ? 0.5 : 0
    if (score === 0 || score - again <= most) continue
    most = score - again
    best = packet
  }
  return best
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
  if (seen.identity.fragment !== undefined) return other.icmp === undefined || other.icmp.type === packet.icmp?.type
  if (other.length !== packet.length) return false
  if (other.icmp?.type !== packet.icmp?.type || other.icmp?.code !== packet.icmp?.code) return false
  if (other.icmp?.sequence !== packet.icmp?.sequence) return false
  return other.tcpFlags?.join() === packet.tcpFlags?.join()
}
