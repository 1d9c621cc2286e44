import type { ConntrackEntry } from '../host/conntrack-entry.ts'
import type { Protocol } from '../net/packet.ts'
import { type CtTuple, entryTuples, tupleKey } from './conntrack-tuple.ts'

/**
 * One tracked connection, as linux:include/net/netfilter/nf_conntrack.h `struct nf_conn`. It changes while its first
 * packets travel: `reply` when a rule translates it, the flags as the kernel sets the IPS_ status bits.
 */
export interface Connection {
  readonly family: 4 | 6
  readonly protocol: Protocol
  readonly original: CtTuple
  /** What an answer looks like on the wire: the inverse of `original` until NAT alters it. */
  reply: CtTuple
  /** IPS_SRC_NAT and IPS_DST_NAT: the address or port of that side is translated. */
  sourceNat: boolean
  destinationNat: boolean
  /** IPS_SRC_NAT_DONE and IPS_DST_NAT_DONE: the nat chains of that side have been asked, whatever they said. */
  sourceDone: boolean
  destinationDone: boolean
  confirmed: boolean
  seenReply: boolean
  /** IPS_ASSURED. Null where it may have become so since the host was read. */
  readonly assured: boolean | null
  mark: number
  /** TCP state of an entry that the snapshot holds (`ESTABLISHED`, `TIME_WAIT` ...), else null. */
  readonly tcpState: string | null
}

export type Direction = 'original' | 'reply'

/**
 * What the kernel keeps beside a packet about its connection (`skb->_nfct`). A packet that is invalid, or that has
 * not met conntrack yet, has none.
 */
export interface ConntrackView {
  readonly state: 'new' | 'established' | 'related' | 'untracked'
  readonly direction: Direction
  /** Null only for `untracked`. */
  readonly connection: Connection | null
}

/** A connection found by a tuple, and of which direction the tuple is. */
export interface ConntrackHit {
  readonly connection: Connection
  readonly direction: Direction
}

/**
 * The connections of one namespace: those of the snapshot (shared, never changed) and those that the conversation
 * made or touched. Mutable; one per simulated conversation and namespace.
 */
export interface ConntrackTable {
  readonly snapshot: SnapshotIndex
  readonly live: Map<string, ConntrackHit>
  /** Connections by protocol and original source, for the kernel's reuse of a source mapping. */
  readonly bySource: Map<string, Connection[]>
  readonly forgotten: Set<ConntrackEntry>
  readonly touched: Map<ConntrackEntry, Connection>
}

interface SnapshotIndex {
  readonly byTuple: ReadonlyMap<string, { readonly entry: ConntrackEntry; readonly direction: Direction }>
  readonly bySource: ReadonlyMap<string, readonly ConntrackEntry[]>
}

/** Indexes are built once per snapshot: thousands of flows may be traced over the same entries. */
const indexes = new WeakMap<readonly ConntrackEntry[], SnapshotIndex>()
const NO_ENTRIES: readonly ConntrackEntry[] = []

/** Returns a table that begins with the entries of a snapshot; null (they could not be read) begins empty. */
export function createConntrackTable(entries: readonly ConntrackEntry[] | null): ConntrackTable {
  return {
    snapshot: indexOf(entries ?? NO_ENTRIES),
    live: new Map(),
    bySource: new Map(),
    forgotten: new Set(),
    touched: new Map(),
  }
}

function indexOf(entries: readonly ConntrackEntry[]): SnapshotIndex {
  const known = indexes.get(entries)
  if (known !== undefined) return known
  const byTuple = new Map<string, { entry: ConntrackEntry; direction: Direction }>()
  const bySource = new Map<string, ConntrackEntry[]>()
  for (const entry of entries) {
    // Zones other than 0 exist only for packets that a CT rule put there, and such a rule is not evaluated.
    if (entry.zone !== 0) continue
    const { original, reply } = entryTuples(entry)
    byTuple.set(tupleKey(entry.protocol, original), { entry, direction: 'original' })
    byTuple.set(tupleKey(entry.protocol, reply), { entry, direction: 'reply' })
    pushTo(bySource, sourceKey(entry.protocol, original), entry)
  }
  const index = { byTuple, bySource }
  indexes.set(entries, index)
  return index
}

/** Returns the connection that a tuple belongs to, confirmed ones only, or null. */
export function findConnection(table: ConntrackTable, protocol: Protocol, tuple: CtTuple): ConntrackHit | null {
  // Most namespaces know no connection at all: a key is not worth making.
  if (table.live.size === 0 && table.snapshot.byTuple.size === 0) return null
  const key = tupleKey(protocol, tuple)
  const live = table.live.get(key)
  if (live !== undefined) return live
  const known = table.snapshot.byTuple.get(key)
  if (known === undefined || table.forgotten.has(known.entry)) return null
  return { connection: touch(table, known.entry), direction: known.direction }
}

/** Returns the confirmed connections whose first packet came from a source (address and port or id). */
export function connectionsFrom(table: ConntrackTable, protocol: Protocol, tuple: CtTuple): readonly Connection[] {
  if (table.bySource.size === 0 && table.snapshot.bySource.size === 0) return []
  const key = sourceKey(protocol, tuple)
  const live = table.bySource.get(key) ?? []
  const snapshot = table.snapshot.bySource.get(key) ?? []
  return [...live, ...snapshot.filter((entry) => !table.forgotten.has(entry)).map((entry) => touch(table, entry))]
}

/** Puts a connection into the table, where later packets find it (the kernel's confirm). */
export function confirmConnection(table: ConntrackTable, connection: Connection): void {
  connection.confirmed = true
  const { protocol, original, reply } = connection
  table.live.set(tupleKey(protocol, original), { connection, direction: 'original' })
  table.live.set(tupleKey(protocol, reply), { connection, direction: 'reply' })
  pushTo(table.bySource, sourceKey(protocol, original), connection)
}

/** Removes a connection, as the kernel does when a SYN reopens one that is closed. */
export function forgetConnection(table: ConntrackTable, connection: Connection): void {
  table.live.delete(tupleKey(connection.protocol, connection.original))
  table.live.delete(tupleKey(connection.protocol, connection.reply))
  const key = sourceKey(connection.protocol, connection.original)
  const siblings = table.bySource.get(key)
  if (siblings !== undefined)
    table.bySource.set(
      key,
      siblings.filter((sibling) => sibling !== connection),
    )
  for (const [entry, made] of table.touched) if (made === connection) table.forgotten.add(entry)
}

/** Gives the mutable twin of a snapshot entry, so that the snapshot itself never changes. */
function touch(table: ConntrackTable, entry: ConntrackEntry): Connection {
  const known = table.touched.get(entry)
  if (known !== undefined) return known
  const { original, reply } = entryTuples(entry)
  const connection: Connection = {
    family: entry.family,
    protocol: entry.protocol,
    original,
    reply,
    sourceNat: original.src !== reply.dst || original.sourcePart !== returnPart(entry.protocol, reply),
    destinationNat: original.dst !== reply.src || destinationChanged(entry.protocol, original, reply),
    sourceDone: true,
    destinationDone: true,
    confirmed: true,
    seenReply: !entry.flags.includes('UNREPLIED'),
    assured: entry.flags.includes('ASSURED') ? true : null,
    mark: entry.mark,
    tcpState: entry.protocol === 'tcp' ? entry.state : null,
  }
  table.touched.set(entry, connection)
  return connection
}

function returnPart(protocol: Protocol, reply: CtTuple): number {
  return isIcmp(protocol) ? reply.sourcePart : reply.destinationPart
}

function destinationChanged(protocol: Protocol, original: CtTuple, reply: CtTuple): boolean {
  return !isIcmp(protocol) && original.destinationPart !== reply.sourcePart
}

function isIcmp(protocol: Protocol): boolean {
  return protocol === 'icmp' || protocol === 'icmpv6'
}

function sourceKey(protocol: Protocol, tuple: CtTuple): string {
  return `${protocol} ${tuple.src} ${tuple.sourcePart}`
}

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
