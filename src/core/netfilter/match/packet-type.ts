import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-m pkttype --pkt-type broadcast`: how the frame was addressed on its link. */
export function matchPacketType(match: OfKind<Match, 'packet-type'>): Matcher {
  return (input) => verdictOf(input.packetType === match.type, match.negated)
}
