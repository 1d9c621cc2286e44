import type { Match } from '../../host/match.ts'
import { cameByEthernet } from '../came-by-ethernet.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf } from './matcher.ts'

/** `-m mac --mac-source 02:42:ac:11:00:02`: fails, negated or not, for a packet that came by no Ethernet device (xt_mac.c). */
export function matchMacSource(match: OfKind<Match, 'mac-source'>): Matcher {
  const mac = match.mac.toLowerCase()
  return (input) => {
    if (!cameByEthernet(input)) return NO
    const { sourceMac } = input.packet
    if (sourceMac === null) return undecided(input, 'the MAC that the packet came from is not known')
    return verdictOf(sourceMac === mac, match.negated)
  }
}
