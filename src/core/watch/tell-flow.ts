import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import { formatEnd } from '../net/format-packet.ts'
import { flowOfConnection } from './flow-of-connection.ts'
import { countDirection, type FlowRecord } from './flow-record.ts'
import type { NameEnd } from './name-ends.ts'
import type { WatchFlow } from './watch.ts'

/** Packets and bytes a second of one conversation. */
export type Rate = Pick<WatchFlow, 'packetsPerSecond' | 'bytesPerSecond'>

/** Returns a conversation as it is told, with names as they are now. */
export function tellFlow(flow: FlowRecord, rate: Rate, nameEnd: NameEnd): WatchFlow {
  const { id, family, protocol, original, reply, directionFrom, state, flags, firstSeen, lastSeen, ended } = flow
  const from = nameEnd(original.src, flow.seenIn)
  const to = nameEnd(reply.src, flow.seenIn)
  return {
    id,
    family,
    protocol,
    original,
    reply,
    directionFrom,
    from,
    to,
    nat: describeNat(original, reply),
    state,
    flags,
    sent: countDirection(flow, true),
    returned: countDirection(flow, false),
    packetsPerSecond: round(rate.packetsPerSecond),
    bytesPerSecond: round(rate.bytesPerSecond),
    firstSeen: round(firstSeen),
    lastSeen: round(lastSeen),
    ended,
    trace: flowOfConnection(protocol, original, from, nameEnd(original.dst, flow.seenIn), to),
  }
}

/** What the answer goes to stands in for the source, and what it comes from for the destination. */
function describeNat(original: ConntrackTuple, reply: ConntrackTuple): WatchFlow['nat'] {
  const isEcho = original.destinationPort === undefined
  const source =
    reply.dst === original.src && (isEcho || reply.destinationPort === original.sourcePort)
      ? null
      : formatEnd(reply.dst, isEcho ? undefined : reply.destinationPort)
  const destination =
    reply.src === original.dst && (isEcho || reply.sourcePort === original.destinationPort)
      ? null
      : formatEnd(reply.src, isEcho ? undefined : reply.sourcePort)
  return source === null && destination === null ? null : { source, destination }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
