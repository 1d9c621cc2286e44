import { reverseTuple } from '../net/reverse-tuple.ts'
import type { ConntrackTuple } from '../host/conntrack-entry.ts'
import type { FlowRecord } from './flow-record.ts'
import { tupleKey } from './packet-tuple.ts'

/** Returns a conversation that was just seen for the first time; `seenIn` is the namespace's name, `at` in milliseconds. */
export function newFlow(
  id: number,
  seenIn: string,
  parts: Pick<FlowRecord, 'protocol' | 'family' | 'original'>,
  at: number,
): FlowRecord {
  return {
    id,
    ...parts,
    reply: reverseTuple(parts.original),
    directionFrom: 'first-packet',
    seenIn,
    state: null,
    flags: null,
    trackedIn: new Set(),
    ended: false,
    shown: false,
    own: false,
    changed: true,
    gone: false,
    keys: new Map(),
    taps: [],
    firstSeen: at,
    lastSeen: at,
    history: [],
  }
}

/** What conntrack said of either holds for the one that they are; of two translations the first that was told. */
export function adoptTracking(into: FlowRecord, other: FlowRecord): void {
  if (other.directionFrom !== 'conntrack') return
  const isTranslated = !isMirrored(into.original, into.reply)
  if (into.directionFrom !== 'conntrack' || !isTranslated) {
    into.original = other.original
    into.reply = other.reply
    into.directionFrom = 'conntrack'
  }
  if (into.flags === null) {
    into.state = other.state
    into.flags = other.flags
  }
}

/** Tells whether the answers of a conversation are addressed as its packets are: nothing is translated. */
export function isMirrored(original: ConntrackTuple, reply: ConntrackTuple): boolean {
  return tupleKey('0', reply) === tupleKey('0', reverseTuple(original))
}
