import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, verdictOf } from './matcher.ts'

/** `-m mac --mac-source 02:42:ac:11:00:02`: fails, negated or not, for a packet that came by no Ethernet device. */
export function matchMacSource(match: OfKind<Match, 'mac-source'>): Matcher {
  const mac = match.mac.toLowerCase()
  return (input) => {
    const { sourceMac } = input.packet
    if (sourceMac === null || input.inDevice === '' || input.inDevice === 'lo') return NO
    return verdictOf(sourceMac === mac, match.negated)
  }
}
