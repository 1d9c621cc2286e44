import type { ConntrackEntry } from '../host/conntrack-entry.ts'

/** How conntrack sees one packet. */
export interface ConntrackView {
  readonly state: 'new' | 'established' | 'related' | 'untracked'
  readonly direction: 'original' | 'reply'
}

/** The connections of one namespace: those of the snapshot and those that the conversation made. Mutable. */
export interface ConntrackTable {
  readonly size: number
}

/** Returns a table that holds the entries of a snapshot; null (could not be read) gives an empty one. */
export function createConntrackTable(entries: readonly ConntrackEntry[] | null): ConntrackTable {
  return { size: entries?.length ?? 0 }
}
