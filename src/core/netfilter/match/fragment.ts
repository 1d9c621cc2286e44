import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-f`: second and later fragments. A traced packet is whole, so only the negation holds. */
export function matchFragment(match: OfKind<Match, 'fragment'>): Matcher {
  return () => verdictOf(false, match.negated)
}
