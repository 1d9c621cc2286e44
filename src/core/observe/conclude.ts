import type { Disposition } from '../trace/disposition.ts'
import {
  delivered,
  endByAnswer,
  endByDrop,
  endByRule,
  endBySender,
  endUnknown,
  failedNeighbor,
  type SeenEnding,
  wordPlace,
} from './ending.ts'
import { FROM_FRAME, type HopDraft } from './hop-draft.ts'
import { type AskedNeighbor, askedNeighbor, findUnanswered } from './neighbor-question.ts'
import type { SeenDrop, SeenFrame, SenderResult } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'
import { firstHeaders, firstSeen, isError, type SeenPacket } from './seen-packet.ts'
import type { Sight } from './sight.ts'

/** All that an ending is concluded from. */
export interface Evidences {
  readonly places: PlaceIndex
  readonly sight: Sight
  readonly drops: readonly SeenDrop[]
  readonly packets: readonly SeenPacket[]
  /** What answers the packet; null where nothing was seen. */
  readonly answer: SeenPacket | null
  /** What the sender was told, of its own packet; null of anybody else's. */
  readonly sender: SenderResult | null
  /** What the prediction has become of it, for words that may mean several things; null for a packet that was not predicted. */
  readonly foretold: Disposition | null
  /** For an answer: whether the one that asked has it. Null of a question. */
  readonly taken: { readonly netns: string | null; readonly heard: boolean | null } | null
}

/**
 * Returns what became of a packet, by what was seen alone: the rule that stopped it, the wire by which it left, the answer
 * that came back, the kernel's reason for discarding it, what the sender was told. Where none of these tells, it says
 * what would.
 */
export function concludeEnding(packet: SeenPacket, hops: readonly HopDraft[], known: Evidences): SeenEnding {
  const hop = hops.at(-1)
  if (hop === undefined) throw new Error('a packet without a place')
  const asks = known.answer === null ? askedNeighbor(packet) : null
  if (asks !== null) return endByNeighbor(hop, asks)
  const ruled = endByRule(hop)
  if (ruled !== null) return ruled
  const last = lastFrame(packet, hop)
  if (hop.device !== null && hop.frames.at(-1)?.direction === 'out') return endOutside(hop, known)
  if (known.taken !== null && hop.device === null && known.taken.netns === hop.netns && last?.direction === 'in')
    return endOfAnswer(packet, hop, known)
  const begun = packet.frames.length === 0 ? Number.NEGATIVE_INFINITY : firstSeen(packet)
  const asked = hop.device === null ? findUnanswered(known.packets, hop.netns, begun) : null
  const answer = known.answer === null ? null : firstHeaders(known.answer)
  if (asked !== null && (answer === null || isError(answer))) return endByNeighbor(hop, asked)
  if (answer !== null) return endByAnswer(hop, answer, null)
  return endUnanswered(packet, hop, known)
}

/** It was last seen on its way out: to machines outside, or to a place that was not watched. */
function endOutside(hop: HopDraft, known: Evidences): SeenEnding {
  const { places, sight, answer } = known
  const device = hop.device ?? ''
  const { src, dst } = hop.packet
  if (places.leadsOut(hop.netns, device))
    return {
      disposition: 'leaves-host',
      reason: `The packet leaves ${hop.netns} by ${device} as ${src} to ${dst}.`,
      step: null,
    }
  const far = places.farEnd(hop.netns, device)
  const made = answer === null ? null : firstHeaders(answer)
  const behind = far?.netns ?? `whoever is behind ${wordPlace(hop)}`
  if (made !== null) return endByAnswer({ ...hop, netns: behind }, made, null)
  const lacking = far === null ? `what is at the other end of ${device} is not known` : sight.lacking(far.netns)
  return endUnknown(
    `what became of it after it went out by ${wordPlace(hop)} (${lacking ?? 'it was not seen at the other end'})`,
  )
}

/** An answer has reached the namespace that asked; the sender's own socket tells whether it was taken. */
function endOfAnswer(packet: SeenPacket, hop: HopDraft, known: Evidences): SeenEnding {
  const drop = dropOf(packet, hop, known)
  if (known.taken?.heard !== false) return delivered(hop, 'socket', `The answer reaches ${hop.netns}.`)
  if (drop !== null) return endByDrop(hop, drop)
  return endUnknown(`why the answer that reached ${hop.netns} was not heard there`)
}

function endByNeighbor(hop: HopDraft, asked: AskedNeighbor): SeenEnding {
  const step = failedNeighbor(hop, asked.address, asked.device, FROM_FRAME)
  return { disposition: 'neighbor-unreachable', reason: step.why, step }
}

function endUnanswered(packet: SeenPacket, hop: HopDraft, known: Evidences): SeenEnding {
  const { sender, sight, places, foretold } = known
  const told = sender === null || packet.frames.length > 0 ? null : endBySender(sender, foretold)
  if (told !== null) return told
  const drop = dropOf(packet, hop, known)
  if (drop !== null) return endByDrop(hop, drop)
  const lacking = sight.lacking(hop.netns)
  if (!sight.shows(hop.netns))
    return endUnknown(`what became of it after ${wordPlace(hop)} (${lacking ?? 'nothing was seen'})`)
  // On a bridge's port it has not come to the IP stack yet, whatever address it has.
  const own = hop.device === null && places.owns(hop.netns, hop.packet.dst)
  if (sender?.outcome === 'reply' || sender?.outcome === 'connected')
    return delivered(hop, 'socket', `The sender was answered, so ${hop.netns} took it.`)
  if (own && sight.tellsDrops)
    return delivered(hop, 'socket', `${hop.netns} has the address, and its kernel did not discard it.`)
  if (own)
    return endUnknown(`whether anybody in ${hop.netns} took it (no answer was seen, and drop reasons were not watched)`)
  const reason = `After ${wordPlace(hop)} it was not seen any more: ${hop.netns} discarded it and gave no reason that could be read.`
  return {
    disposition: 'dropped',
    reason,
    step: { kind: 'drop', reason: 'not seen any more', diff: [], evidence: FROM_FRAME, why: reason },
  }
}

/** The last frame of the place where its way ends: the copies of a flooded frame may be seen elsewhere after that. */
function lastFrame({ frames }: SeenPacket, { netns }: HopDraft): SeenFrame | undefined {
  return frames.findLast((frame) => frame.netns === netns) ?? frames.at(-1)
}

/** An skb's way from its last tap to its end takes a moment; one that waits for a neighbour is given up after some seconds. */
const SOON = 100_000
const NEIGHBOR_TIMEOUT = 5_000_000

const ETHER_TYPES = { 4: 0x0800, 6: 0x86dd } as const

/**
 * Returns the reason that the kernel gave for freeing a packet of this kind and length that was last at a device where this one
 * was seen last: the first such reason after it was seen there. The kernel tells of the whole machine, so all have to fit.
 */
function dropOf(packet: SeenPacket, hop: HopDraft, { drops }: Evidences): SeenDrop | null {
  const { frames } = packet
  const last = lastFrame(packet, hop)
  if (last === undefined || last.packet.arp !== undefined) return null
  const here = frames.filter((frame) => frame.netns === last.netns).map(({ device }) => device)
  const fits = ({ device, length, etherType, at, reason }: SeenDrop): boolean => {
    const wait = reason.startsWith('NEIGH_') ? NEIGHBOR_TIMEOUT : SOON
    return (
      (etherType === null || etherType === ETHER_TYPES[last.packet.family]) &&
      here.includes(device ?? '') &&
      (length === null || length === last.packet.length) &&
      at >= last.at - 1 &&
      at <= last.at + wait
    )
  }
  return drops.find(fits) ?? null
}
