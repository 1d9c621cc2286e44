import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-m length --length 0:1500`: the whole IP packet, headers included (linux:net/netfilter/xt_length.c). */
export function matchLength(match: OfKind<Match, 'length'>): Matcher {
  const { from, to } = match.range
  return (input) => verdictOf(input.packet.length >= from && input.packet.length <= to, match.negated)
}
