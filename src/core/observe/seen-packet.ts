import type { Hook, TableFamily } from '../host/ruleset.ts'
import type { Packet } from '../net/packet.ts'
import type { PacketIdentity, SeenFrame, SeenRule } from './observation.ts'

/** What one base chain did with one packet. */
export interface ChainVisit {
  readonly netns: string
  /** The kernel's name for the packet while it is on its way through one namespace; used again for others. */
  readonly traceId: string
  readonly family: TableFamily
  readonly table: string
  /** The base chain. */
  readonly chain: string
  readonly hook: Hook
  /** Headers as the chain met them. */
  readonly packet: Packet
  readonly identity: PacketIdentity
  readonly inDevice: string | null
  readonly outDevice: string | null
  /** Its rules, in this chain and those it jumps to, then its policy. */
  readonly events: readonly JudgedEvent[]
}

/** A rule or a policy, and the chain it is in. */
export interface JudgedEvent {
  readonly chain: string
  readonly event: Extract<SeenRule['event'], { kind: 'rule' | 'policy' }>
}

/** One packet from where it was made to where it ended: all frames and all chains that show it. */
export interface SeenPacket {
  /** In the order of time; see orderVisits for the order of the path. */
  readonly frames: readonly SeenFrame[]
  /** In the order in which each namespace told them. */
  readonly visits: readonly ChainVisit[]
}

/** Returns the headers with which a packet was seen first: those of its first frame, else of the first chain. */
export function firstHeaders({ frames, visits }: SeenPacket): Packet | null {
  return frames[0]?.packet ?? visits[0]?.packet ?? null
}

/** Tells whether a packet is an ICMP error, which is about another one; of those that only rule traces show that one is unknown. */
export function isError({ icmp, family }: Packet): boolean {
  if (icmp === undefined) return false
  return family === 6 ? icmp.type < 128 : [3, 4, 11, 12].includes(icmp.type)
}

/** Returns when a packet was seen first; a packet that only chains show has no time and comes last. */
export function firstSeen({ frames }: SeenPacket): number {
  return frames[0]?.at ?? Number.POSITIVE_INFINITY
}

/** Returns all headers that a packet was seen with, at devices and in chains. */
export function allHeaders({ frames, visits }: SeenPacket): readonly Packet[] {
  return [...frames.map(({ packet }) => packet), ...visits.map(({ packet }) => packet)]
}
