import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, undecided } from './matcher.ts'

/** `-m limit --limit 3/min`: how full its bucket is the kernel tells nobody. */
export function matchLimit(match: OfKind<Match, 'limit'>): Matcher {
  return (input) => undecided(input, `${match.text} depends on what has passed before, which the kernel does not tell`)
}
