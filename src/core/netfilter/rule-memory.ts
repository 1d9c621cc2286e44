import type { IpSet } from '../host/ruleset.ts'
import { type ConntrackTable, createConntrackTable } from './conntrack.ts'
import type { NetNamespace } from '../host/namespace.ts'

/** What a list of `recent` has for an address: how often it was seen during this conversation, and by when before. */
export interface Sighting {
  readonly ttl: number
  /** Times that the list had when the host was read. */
  readonly before: number
  /** Times of this conversation, which are all within any number of seconds. */
  readonly now: number
  /** A rule that cannot be told may have changed it. */
  readonly unsure: boolean
}

/**
 * What rules of one namespace keep from packet to packet: it begins as the host was read and changes with the
 * conversation, which makes it and throws it away.
 */
export interface RuleMemory {
  /** Sets that a SET target has changed, by name; null where it cannot be told what it made of them. */
  readonly sets: Map<string, IpSet | null>
  /** By list and address; null where the address has been taken off. */
  readonly sightings: Map<string, Sighting | null>
  /** Packets that a bucket of `hashlimit` has let through during this conversation, by table and bucket. */
  readonly passed: Map<string, number>
  /** The connections of conntrack zones other than 0. */
  readonly zones: Map<number, ConntrackTable>
}

/** Returns the memory of rules that have seen nothing of the conversation yet. */
export function createRuleMemory(): RuleMemory {
  return { sets: new Map(), sightings: new Map(), passed: new Map(), zones: new Map() }
}

/** Returns a copy for a trial, of which nothing remains. */
export function copyRuleMemory(memory: RuleMemory): RuleMemory {
  return {
    sets: new Map(memory.sets),
    sightings: new Map(memory.sightings),
    passed: new Map(memory.passed),
    zones: memory.zones,
  }
}

/** Returns the connections of a zone: `own` has those of zone 0. */
export function zoneTable(memory: RuleMemory, netns: NetNamespace, own: ConntrackTable, zone: number): ConntrackTable {
  if (zone === 0) return own
  const known = memory.zones.get(zone)
  if (known !== undefined) return known
  const table = createConntrackTable(netns.conntrack, zone)
  memory.zones.set(zone, table)
  return table
}
