import type { ConntrackEntry } from '../host/conntrack-entry.ts'
import type { Protocol } from '../net/packet.ts'
import { type CtTuple, entryTuples, isSameTuple } from './conntrack-tuple.ts'

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
  /** The zone that a CT rule put it into, else 0. */
  readonly zone: number
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
  readonly zone: number
  readonly snapshot: SnapshotIndex
  /** What the conversation itself has made, the newest last: a handful, so that looking at each costs less than an index. */
  readonly live: Connection[]
  readonly forgotten: Set<ConntrackEntry>
  readonly touched: Map<ConntrackEntry, Connection>
}

/** Entries by the numbers of their tuples, the newest last: the few that share these are told apart by their addresses. */
interface SnapshotIndex {
  readonly byParts: ReadonlyMap<number, readonly KnownTuple[]>
  readonly bySource: ReadonlyMap<number, readonly ConntrackEntry[]>
}

interface KnownTuple {
  readonly entry: ConntrackEntry
  readonly tuple: CtTuple
  readonly direction: Direction
}

/** Indexes are built once per snapshot: thousands of flows may be traced over the same entries. */
const indexes = new WeakMap<readonly ConntrackEntry[], SnapshotIndex>()
const NO_ENTRIES: readonly ConntrackEntry[] = []

/**
 * Returns a table that begins with the entries that a snapshot has of a zone; null (they could not be read) begins empty. Zones
 * other than 0 exist only for packets that a CT rule puts there.
 */
export function createConntrackTable(entries: readonly ConntrackEntry[] | null, zone = 0): ConntrackTable {
  return { zone, snapshot: indexOf(entries ?? NO_ENTRIES, zone), live: [], forgotten: new Set(), touched: new Map() }
}

function indexOf(entries: readonly ConntrackEntry[], zone: number): SnapshotIndex {
  const known = zone === 0 ? indexes.get(entries) : undefined
  if (known !== undefined) return known
  const byParts = new Map<number, KnownTuple[]>()
  const bySource = new Map<number, ConntrackEntry[]>()
  for (const entry of entries) {
    if (entry.zone !== zone) continue
    const { original, reply } = entryTuples(entry)
    pushTo(byParts, partsOf(original), { entry, tuple: original, direction: 'original' })
    pushTo(byParts, partsOf(reply), { entry, tuple: reply, direction: 'reply' })
    pushTo(bySource, original.sourcePart, entry)
  }
  const index = { byParts, bySource }
  if (zone === 0) indexes.set(entries, index)
  return index
}

function partsOf({ sourcePart, destinationPart }: CtTuple): number {
  return (sourcePart << 15) ^ destinationPart
}

/** Returns the connection that a tuple belongs to, confirmed ones only, or null. */
export function findConnection(table: ConntrackTable, protocol: Protocol, tuple: CtTuple): ConntrackHit | null {
  const connection = table.live.findLast((each) => each.protocol === protocol && directionOf(each, tuple) !== null)
  if (connection !== undefined) return { connection, direction: directionOf(connection, tuple) ?? 'original' }
  const alike = table.snapshot.byParts.get(partsOf(tuple))
  const known = alike?.findLast((each) => each.entry.protocol === protocol && isSameTuple(each.tuple, tuple))
  if (known === undefined || table.forgotten.has(known.entry)) return null
  return { connection: touch(table, known.entry), direction: known.direction }
}

function directionOf(connection: Connection, tuple: CtTuple): Direction | null {
  if (isSameTuple(connection.reply, tuple)) return 'reply'
  return isSameTuple(connection.original, tuple) ? 'original' : null
}

/** Returns the confirmed connections whose first packet came from a source (address and port or id). */
export function connectionsFrom(table: ConntrackTable, protocol: Protocol, tuple: CtTuple): readonly Connection[] {
  const { src, sourcePart } = tuple
  const isFrom = (each: Connection): boolean =>
    each.protocol === protocol && each.original.src === src && each.original.sourcePart === sourcePart
  const alike = table.snapshot.bySource.get(sourcePart) ?? []
  const entries = alike.filter((entry) => entry.protocol === protocol && entry.original.src === src)
  const known = entries.filter((entry) => !table.forgotten.has(entry)).map((entry) => touch(table, entry))
  return [...table.live.filter(isFrom), ...known]
}

/** Counts the confirmed connections of a table that fulfil a condition, those of the snapshot and those made since. */
export function countConnections(
  table: ConntrackTable,
  fits: (tuples: Pick<Connection, 'original' | 'reply'>, connection: Connection | null) => boolean,
): number {
  let count = table.live.filter((connection) => fits(connection, connection)).length
  for (const { entry, direction } of [...table.snapshot.byParts.values()].flat()) {
    if (direction !== 'original' || table.forgotten.has(entry)) continue
    if (fits(entryTuples(entry), table.touched.get(entry) ?? null)) count += 1
  }
  return count
}

/** Puts a connection into the table, where later packets find it (the kernel's confirm). */
export function confirmConnection(table: ConntrackTable, connection: Connection): void {
  connection.confirmed = true
  table.live.push(connection)
}

/** Removes a connection, as the kernel does when a SYN reopens one that is closed. */
export function forgetConnection(table: ConntrackTable, connection: Connection): void {
  const at = table.live.indexOf(connection)
  if (at >= 0) table.live.splice(at, 1)
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
    zone: table.zone,
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

function pushTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
