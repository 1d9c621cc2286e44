import type { Match } from '../../host/match.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import { type Matcher, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'

/** `-p tcp`. Undecided for a protocol name that is in no table. */
export function matchProtocol(match: OfKind<Match, 'protocol'>): Matcher {
  const number = protocolNumber(match.protocol)
  if (number === null) return () => UNDECIDED
  return (input) => verdictOf(input.protocol === number, match.negated)
}
