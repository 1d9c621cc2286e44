import type { Match } from '../../host/match.ts'
import { parseAddress } from '../../net/address.ts'
import { type Matcher, NO, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'

/** `-m iprange --src-range 10.0.0.1-10.0.0.9`, ends included. */
export function matchIpRange(match: OfKind<Match, 'ip-range'>): Matcher {
  const from = parseAddress(match.from)
  const to = parseAddress(match.to)
  if (from === null || to === null || from.family !== to.family) return () => UNDECIDED
  return (input) => {
    const address = parseAddress(match.side === 'source' ? input.packet.src : input.packet.dst)
    if (address === null || address.family !== from.family) return NO
    return verdictOf(address.value >= from.value && address.value <= to.value, match.negated)
  }
}
