import type { PortRange } from '../host/match.ts'
import { parseAddress } from '../net/address.ts'
import type { Protocol } from '../net/packet.ts'
import { isKernelFrom } from './kernel-release.ts'
import { chooseAddress } from './choose-address.ts'
import { type Connection, type ConntrackTable, connectionsFrom, findConnection } from './conntrack.ts'
import { type CtTuple, invertTuple, isSameTuple } from './conntrack-tuple.ts'

/** Which side of a packet a translation rewrites: NF_NAT_MANIP_SRC or NF_NAT_MANIP_DST. */
export type Manip = 'source' | 'destination'

/** What a connection is to be translated to (`struct nf_nat_range2`); null keeps the packet's own. */
export interface NatMapping {
  readonly addresses: { readonly from: string; readonly to: string } | null
  readonly ports: PortRange | null
  readonly random: boolean
  readonly persistent?: boolean
  readonly basePort?: number
}

/** The mapping that leaves everything as it is, unless it is already taken: the kernel's "null binding". */
export const NULL_BINDING: NatMapping = { addresses: null, ports: null, random: false }

/** The result of choosing a mapping. `note` says what of it the real kernel picks at random. */
export type NatSetup =
  | { readonly kind: 'done'; readonly note: string | null }
  | { readonly kind: 'cannot-tell'; readonly reason: string }

const DONE: NatSetup = { kind: 'done', note: null }

/**
 * Translates one side of a connection that is not confirmed yet and marks that side as done. Follows
 * linux:net/netfilter/nf_nat_core.c nf_nat_setup_info and get_unique_tuple. Where the kernel takes a source port or an id at
 * random, the lowest free one is taken here and the note says so; where the destination port would be random, the answer is
 * `cannot-tell` and the connection stays as it was. `kernel` is the release, null where it is not known.
 */
export function setupNat(
  table: ConntrackTable,
  connection: Connection,
  manip: Manip,
  mapping: NatMapping,
  kernel: string | null = null,
): NatSetup {
  const current = invertTuple(connection.protocol, connection.reply)
  const chosen = withAddress(current, manip, mapping, table.zone)
  if (chosen === null) {
    const { from, to } = mapping.addresses ?? { from: '', to: '' }
    return { kind: 'cannot-tell', reason: `${from}-${to} is no range of addresses for ${current.dst}` }
  }
  const kept = keptTuple(table, connection, manip, mapping, current, chosen)
  if (kept !== null) return settle(connection, manip, kept, null)
  return settleUnique(table, connection, manip, mapping, chosen, kernel)
}

/** The tuples that the kernel prefers: the present one, one that this source already has, the present port. */
function keptTuple(
  table: ConntrackTable,
  connection: Connection,
  manip: Manip,
  mapping: NatMapping,
  current: CtTuple,
  wanted: CtTuple,
): CtTuple | null {
  if (mapping.random) return null
  const free = (tuple: CtTuple): boolean => !isTaken(table, connection, tuple)
  if (manip === 'source') {
    if (inRange(current, mapping)) {
      if (free(current)) return current
    } else {
      const reused = reusedSource(table, connection, current, mapping)
      if (reused !== null && free(reused)) return reused
    }
  }
  const { ports } = mapping
  if (ports === null) return free(wanted) ? wanted : null
  if (mapping.basePort !== undefined) return null
  const port = manip === 'source' ? wanted.sourcePart : wanted.destinationPart
  if (port < ports.from || port > ports.to) return null
  return ports.from === ports.to || free(wanted) ? wanted : null
}

/** nf_nat_core.c find_appropriate_src: a source that is already mapped keeps its mapping for other destinations. */
function reusedSource(
  table: ConntrackTable,
  connection: Connection,
  current: CtTuple,
  mapping: NatMapping,
): CtTuple | null {
  for (const other of connectionsFrom(table, connection.protocol, connection.original)) {
    const mapped = invertTuple(other.protocol, other.reply)
    const candidate = { ...current, src: mapped.src, sourcePart: mapped.sourcePart }
    if (inRange(candidate, mapping)) return candidate
  }
  return null
}

function inRange(tuple: CtTuple, mapping: NatMapping): boolean {
  if (mapping.addresses !== null && !isBetween(tuple.src, mapping.addresses)) return false
  return mapping.ports === null || (tuple.sourcePart >= mapping.ports.from && tuple.sourcePart <= mapping.ports.to)
}

function isBetween(text: string, { from, to }: NonNullable<NatMapping['addresses']>): boolean {
  if (from === to) return text === from
  const [address, first, last] = [parseAddress(text), parseAddress(from), parseAddress(to)]
  if (address === null || first === null || last === null || address.family !== first.family) return false
  return address.value >= first.value && address.value <= last.value
}

/** Returns the tuple with the mapping's address in its place; null where its range is none. */
function withAddress(tuple: CtTuple, manip: Manip, mapping: NatMapping, zone: number): CtTuple | null {
  const { addresses } = mapping
  if (addresses === null) return tuple
  const { from, to } = addresses
  const range = { from, to, persistent: mapping.persistent === true }
  const address = from === to ? from : chooseAddress(range, tuple, manip, zone)
  if (address === null) return null
  return manip === 'source' ? { ...tuple, src: address } : { ...tuple, dst: address }
}

const WITH_PARTS: ReadonlySet<Protocol> = new Set<Protocol>(['tcp', 'udp', 'sctp', 'icmp', 'icmpv6', '33', '136'])

/** nf_nat_core.c nf_nat_l4proto_unique_tuple. */
function settleUnique(
  table: ConntrackTable,
  connection: Connection,
  manip: Manip,
  mapping: NatMapping,
  wanted: CtTuple,
  kernel: string | null,
): NatSetup {
  const icmp = connection.protocol === 'icmp' || connection.protocol === 'icmpv6'
  const { ports } = mapping
  if (!WITH_PARTS.has(connection.protocol)) return settle(connection, manip, wanted, null)
  if (manip === 'destination') {
    const start = icmp || ports === null ? null : firstPort(mapping, ports, wanted.destinationPart, kernel)
    return settleDestination(table, connection, wanted, icmp ? null : ports, start)
  }
  if (ports !== null && ports.from === ports.to) {
    return settle(connection, manip, { ...wanted, sourcePart: ports.from }, null)
  }
  const range = ports ?? sourceRange(icmp, wanted.sourcePart)
  const shifted = ports === null ? null : shiftedPort(mapping, ports, wanted.sourcePart)
  if (shifted !== null && !isTaken(table, connection, { ...wanted, sourcePart: shifted })) {
    return settle(connection, manip, { ...wanted, sourcePart: shifted }, null)
  }
  const sourcePart = firstFree(table, connection, wanted, range)
  const what = icmp ? 'id' : 'source port'
  const note = `the kernel takes a random free ${what} from ${range.from}-${range.to}; ${sourcePart} stands for it here`
  return settle(connection, manip, { ...wanted, sourcePart }, note)
}

/** `:8000-8010/80`: how far the port is from the base, that far into the range and round again. */
function shiftedPort({ basePort }: NatMapping, { from, to }: PortRange, port: number): number | null {
  return basePort === undefined || from > to ? null : from + (((port - basePort) & 0xffff) % (to - from + 1))
}

/** Returns the port that the kernel tries first; null where it is one at random, as before Linux 6.8 without a base. */
function firstPort(mapping: NatMapping, ports: PortRange, port: number, kernel: string | null): number | null {
  if (ports.from === ports.to) return ports.from
  const shifted = shiftedPort(mapping, ports, port)
  if (shifted !== null) return shifted
  return !mapping.random && isKernelFrom(kernel, 6, 8) ? ports.from : null
}

function settleDestination(
  table: ConntrackTable,
  connection: Connection,
  wanted: CtTuple,
  ports: PortRange | null,
  start: number | null,
): NatSetup {
  if (ports === null) return settle(connection, 'destination', wanted, null)
  if (start === null) {
    return { kind: 'cannot-tell', reason: `the kernel may take any port from ${ports.from}-${ports.to}` }
  }
  const size = ports.to - ports.from + 1
  const tuples = Array.from({ length: Math.min(size, MOST_TRIES) }, (_, index) => {
    return { ...wanted, destinationPart: ports.from + ((start - ports.from + index) % size) }
  })
  const free = size === 1 ? tuples[0] : tuples.find((tuple) => !isTaken(table, connection, tuple))
  if (free === undefined) return { kind: 'cannot-tell', reason: `of the ports ${ports.from}-${ports.to} none is free` }
  return settle(connection, 'destination', free, null)
}

/** The kernel tries 128 ports and then others at random (NF_NAT_MAX_ATTEMPTS). */
const MOST_TRIES = 128

/** The kernel keeps low ports low: below 512, 600 to 1023, and from 1024 on. */
function sourceRange(icmp: boolean, part: number): PortRange {
  if (icmp) return { from: 0, to: 65535 }
  if (part < 512) return { from: 1, to: 511 }
  return part < 1024 ? { from: 600, to: 1023 } : { from: 1024, to: 65535 }
}

function firstFree(table: ConntrackTable, connection: Connection, wanted: CtTuple, range: PortRange): number {
  for (let part = range.from; part <= range.to; part++) {
    if (!isTaken(table, connection, { ...wanted, sourcePart: part })) return part
  }
  return wanted.sourcePart
}

/** Tells whether the answers to a tuple would be taken for those of another connection (nf_nat_used_tuple). */
function isTaken(table: ConntrackTable, connection: Connection, tuple: CtTuple): boolean {
  const hit = findConnection(table, connection.protocol, invertTuple(connection.protocol, tuple))
  return hit !== null && hit.connection !== connection
}

function settle(connection: Connection, manip: Manip, tuple: CtTuple, note: string | null): NatSetup {
  const reply = invertTuple(connection.protocol, tuple)
  const changed = !isSameTuple(reply, connection.reply)
  if (changed) connection.reply = reply
  if (manip === 'source') {
    connection.sourceDone = true
    if (changed) connection.sourceNat = true
  } else {
    connection.destinationDone = true
    if (changed) connection.destinationNat = true
  }
  return note === null ? DONE : { kind: 'done', note }
}
