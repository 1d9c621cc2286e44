import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import type { Family, Protocol } from '../net/packet.ts'
import type { DirectionSource, WatchCount } from './watch.ts'

/** One conversation while it is watched; what the table changes as packets and events come. */
export interface FlowRecord {
  readonly id: number
  readonly family: Family
  readonly protocol: Protocol
  original: ConntrackTuple
  reply: ConntrackTuple
  directionFrom: DirectionSource
  /** The namespace in which it was first seen or tracked. */
  readonly seenIn: string
  state: string | null
  flags: readonly string[] | null
  /** Numbers of the places whose conntrack has an entry of it. */
  readonly trackedIn: Set<number>
  ended: boolean
  /** Shown: a packet of it was seen, or connections are shown without. */
  shown: boolean
  /** Hopwire's own: never shown. */
  own: boolean
  /** Something but the counts has changed since it was told. */
  changed: boolean
  /** The table has let go of it, or it has become part of another one. */
  gone: boolean
  readonly keys: Map<string, FlowKey>
  readonly taps: TapCount[]
  readonly firstSeen: number
  lastSeen: number
  /** Totals of the last updates, oldest first. */
  readonly history: { readonly at: number; readonly packets: number; readonly bytes: number }[]
}

/** A tuple of a conversation, and whether it goes the way that it began. Shared by the counts of all devices. */
export interface FlowKey {
  flow: FlowRecord
  forward: boolean
  /** The same tuple is another conversation's by now, or nobody's. */
  replaced: boolean
}

/** What one device saw of one tuple. */
export interface TapCount {
  readonly key: FlowKey
  packets: number
  bytes: number
}

/**
 * Returns what went in a direction: as the device saw it that saw the most packets of it, since a packet passes several of
 * them and must be counted once.
 */
export function countDirection({ taps }: FlowRecord, forward: boolean): WatchCount {
  let most: WatchCount = { packets: 0, bytes: 0 }
  for (const tap of taps)
    if (tap.key.forward === forward && tap.packets > most.packets) most = { packets: tap.packets, bytes: tap.bytes }
  return most
}

/** Over how long a rate is told, in milliseconds. */
const RATE_SPAN = 1000

/** Returns the rates of the last second, and takes the totals down for the next ones. */
export function measureRate(
  flow: FlowRecord,
  now: number,
): { readonly packetsPerSecond: number; readonly bytesPerSecond: number } {
  const [sent, returned] = [countDirection(flow, true), countDirection(flow, false)]
  const packets = sent.packets + returned.packets
  const bytes = sent.bytes + returned.bytes
  const { history } = flow
  while (history.length > 1 && now - (history[1]?.at ?? now) >= RATE_SPAN) history.shift()
  const oldest = history[0] ?? { at: flow.firstSeen, packets: 0, bytes: 0 }
  history.push({ at: now, packets, bytes })
  const seconds = Math.max(now - oldest.at, RATE_SPAN / 4) / 1000
  return {
    packetsPerSecond: Math.max(0, (packets - oldest.packets) / seconds),
    bytesPerSecond: Math.max(0, (bytes - oldest.bytes) / seconds),
  }
}
