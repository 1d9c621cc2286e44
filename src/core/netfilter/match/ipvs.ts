import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf } from './matcher.ts'

/** `-m ipvs --ipvs`: whether IPVS handles the packet, which it does for none where it has no service (linux:net/netfilter/xt_ipvs.c). */
export function matchIpvs(match: OfKind<Match, 'ipvs'>): Matcher {
  return (input) => {
    const services = input.netns.ruleState?.ipvsServices
    if (services === 0) return match.property ? verdictOf(false, match.negated) : NO
    return undecided(
      input,
      `${match.text} asks for IPVS, ${services === undefined ? 'which was not read' : 'which has services here'}`,
    )
  }
}
