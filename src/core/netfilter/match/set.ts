import type { Match } from '../../host/match.ts'
import type { IpSet } from '../../host/ruleset.ts'
import { parseAddress } from '../../net/address.ts'
import { parsePrefix, type Prefix, prefixContains } from '../../net/prefix.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import type { MatchInput } from '../match-input.ts'
import { type Matcher, type MatchResult, NO, type OfKind, UNDECIDED, verdictOf, YES } from './matcher.ts'

type SetMatch = OfKind<Match, 'set'>

/**
 * `-m set --match-set NAME dst`. Sets of addresses, networks, ports and devices are looked into (`hash:ip`, `hash:net`,
 * `hash:ip,port`, `hash:net,iface`, `bitmap:port`, `list:set` ...); sets with other columns (mac, mark), sets that were
 * not read and a set that does not exist are undecided.
 */
export function matchSet(match: SetMatch): Matcher {
  return (input) => {
    const found = lookup(match.name, match.directions, input, 0)
    return found === UNDECIDED ? UNDECIDED : verdictOf(found === YES, match.negated)
  }
}

function lookup(name: string, directions: SetMatch['directions'], input: MatchInput, depth: number): MatchResult {
  const set = input.ipsets?.find((candidate) => candidate.name === name)
  if (set === undefined || depth > 8) return UNDECIDED
  if (set.type === 'list:set') return lookupList(set, directions, input, depth)
  const columns = set.type.slice(set.type.indexOf(':') + 1).split(',')
  if (!columns.every((column) => KNOWN_COLUMNS.has(column)) || columns.length > directions.length) return UNDECIDED
  return lookupMembers(set, columns, directions, input)
}

const KNOWN_COLUMNS: ReadonlySet<string> = new Set(['ip', 'net', 'port', 'iface'])

function lookupList(set: IpSet, directions: SetMatch['directions'], input: MatchInput, depth: number): MatchResult {
  let result: MatchResult = NO
  for (const member of set.members) {
    const found = lookup(member.split(' ')[0] ?? '', directions, input, depth + 1)
    if (found === YES) return YES
    if (found === UNDECIDED) result = UNDECIDED
  }
  return result
}

/** Of the members that hold the packet the longest prefix decides, and `nomatch` turns it round (hash:net). */
function lookupMembers(
  set: IpSet,
  columns: readonly string[],
  directions: SetMatch['directions'],
  input: MatchInput,
): MatchResult {
  let best = -1
  let result: MatchResult = NO
  for (const member of set.members) {
    const words = member.split(' ')
    const length = memberFits((words[0] ?? '').split(','), columns, directions, input)
    if (length === null) return UNDECIDED
    if (length <= best) continue
    best = length
    result = words.includes('nomatch') ? NO : YES
  }
  return result
}

/** Returns -1 when a member does not hold the packet, else the length of its prefixes; null when it is unreadable. */
function memberFits(
  fields: readonly string[],
  columns: readonly string[],
  directions: SetMatch['directions'],
  input: MatchInput,
): number | null {
  let length = 0
  for (const [index, column] of columns.entries()) {
    const fit = columnFits(column, fields[index] ?? '', directions[index] === 'src', input)
    if (fit === null || fit < 0) return fit
    length += fit
  }
  return length
}

function columnFits(column: string, field: string, source: boolean, input: MatchInput): number | null {
  if (column === 'port') return portFits(field, source, input)
  if (column === 'iface') return field === (source ? input.inDevice : input.outDevice) ? 0 : -1
  const prefix: Prefix | null = parsePrefix(field)
  const address = parseAddress(source ? input.packet.src : input.packet.dst)
  if (prefix === null || address === null || prefix.length === null) return null
  return prefixContains(prefix, address.value) ? prefix.length : -1
}

/** `tcp:80`, `80` (bitmap:port), `udp:53`; ICMP entries name a type and are not read. */
function portFits(field: string, source: boolean, input: MatchInput): number | null {
  const parsed = /^(?:([a-z0-9-]+):)?(\d+)$/.exec(field)
  if (parsed === null) return null
  if (parsed[1] !== undefined && protocolNumber(parsed[1]) !== input.protocol) return -1
  return Number(parsed[2]) === (source ? input.sourcePort : input.destinationPort) ? 0 : -1
}
