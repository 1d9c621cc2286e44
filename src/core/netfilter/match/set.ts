import type { Match } from '../../host/match.ts'
import type { IpSet } from '../../host/ruleset.ts'
import type { MatchInput } from '../match-input.ts'
import { type Column, columnFits, columnsOf, findSet } from '../set-columns.ts'
import { type Matcher, type MatchResult, NO, type OfKind, UNDECIDED, undecided, verdictOf, YES } from './matcher.ts'

type SetMatch = OfKind<Match, 'set'>

/**
 * `-m set --match-set NAME dst` (linux:net/netfilter/xt_set.c). Sets of addresses, networks, ports, devices, MACs and marks are
 * looked into, with what SET has made of them in this conversation. Undecided for a set that was not read or does not exist.
 */
export function matchSet(match: SetMatch): Matcher {
  return (input) => {
    const found = lookup(match, match.name, input, 0)
    if (found !== UNDECIDED) return verdictOf(found === YES, match.negated)
    return undecided(input, `whether the set ${match.name} holds the packet is not known`)
  }
}

function lookup(match: SetMatch, name: string, input: MatchInput, depth: number): MatchResult {
  const set = findSet(name, input)
  if (set === undefined || set === null || depth > 8) return UNDECIDED
  if (set.type === 'list:set') return lookupList(match, set, input, depth)
  const columns = columnsOf(set)
  if (columns === null) return UNDECIDED
  // The kernel does not look into a set with more columns than the rule has words for.
  return columns.length > match.directions.length ? NO : lookupMembers(match, set, columns, input)
}

function lookupList(match: SetMatch, set: IpSet, input: MatchInput, depth: number): MatchResult {
  let result: MatchResult = NO
  for (const member of set.members) {
    const found = lookup(match, member.split(' ')[0] ?? '', input, depth + 1)
    if (found === YES) return YES
    if (found === UNDECIDED) result = UNDECIDED
  }
  return result
}

/** Of the members that hold the packet the longest prefix decides, and `nomatch` turns it round (hash:net). */
function lookupMembers(match: SetMatch, set: IpSet, columns: readonly Column[], input: MatchInput): MatchResult {
  let best = -1
  let result: MatchResult = NO
  for (const member of set.members) {
    const words = member.split(' ')
    const length = memberFits(set, (words[0] ?? '').split(','), columns, match.directions, input)
    if (length === null) return UNDECIDED
    if (length <= best) continue
    best = length
    result = words.includes('nomatch') === (match.returnNomatch === true) ? YES : NO
  }
  return result
}

/** Returns -1 when a member does not hold the packet, else the length of its prefixes; null when it is unreadable. */
function memberFits(
  set: IpSet,
  fields: readonly string[],
  columns: readonly Column[],
  directions: SetMatch['directions'],
  input: MatchInput,
): number | null {
  let length = 0
  for (const [index, column] of columns.entries()) {
    const fit = columnFits(set, column, fields[index] ?? '', directions[index] === 'src', input)
    if (fit === null || fit < 0) return fit
    length += fit
  }
  return length
}
