import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf } from './matcher.ts'
import { hasTcpOptions } from './tcp-option.ts'

/**
 * `-m tcpmss --mss 1400:1536`: the segment size that a SYN offers (linux:net/netfilter/xt_tcpmss.c). A segment without
 * options offers none; what one with options offers is its sender's affair.
 */
export function matchTcpMss(match: OfKind<Match, 'tcpmss'>): Matcher {
  return (input) => {
    if (input.packet.protocol !== 'tcp') return NO
    if (!hasTcpOptions(input.packet)) return verdictOf(false, match.negated)
    return undecided(input, 'the segment size that the TCP segment offers is not known')
  }
}
