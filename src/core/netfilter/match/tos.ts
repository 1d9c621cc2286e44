import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-m tos --tos 0x10/0x3f`, `-m dscp --dscp 0x2e` (linux:net/netfilter/xt_dscp.c). */
export function matchTos(match: OfKind<Match, 'tos'>): Matcher {
  return (input) => verdictOf(((input.packet.tos ?? 0) & match.mask) === match.value, match.negated)
}
