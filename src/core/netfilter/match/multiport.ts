import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, verdictOf } from './matcher.ts'

/** `-m multiport --dports 80,443,8000:8080`. `--ports` is either side (linux:net/netfilter/xt_multiport.c). */
export function matchMultiport(match: OfKind<Match, 'multiport'>): Matcher {
  const within = (port: number): boolean => match.ranges.some((range) => port >= range.from && port <= range.to)
  return (input) => {
    if (input.sourcePort < 0 || input.destinationPort < 0) return NO
    const source = match.side !== 'destination' && within(input.sourcePort)
    const destination = match.side !== 'source' && within(input.destinationPort)
    return verdictOf(source || destination, match.negated)
  }
}
