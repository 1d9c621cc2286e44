import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/** `-m ttl --ttl-lt 2`, `-m hl --hl-eq 255`. */
export function matchTtl(match: OfKind<Match, 'ttl'>): Matcher {
  const { test, value } = match
  return (input) => {
    const { ttl } = input.packet
    const holds = test === 'eq' ? ttl === value : test === 'lt' ? ttl < value : ttl > value
    return verdictOf(holds, match.negated)
  }
}
