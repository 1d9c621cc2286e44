import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, verdictOf } from './matcher.ts'

/** `-m icmp --icmp-type 8`, `-m icmp6 --icmpv6-type 1/4`; type 255 of `icmp` is any (`--icmp-type any`). */
export function matchIcmpType(match: OfKind<Match, 'icmp-type'>): Matcher {
  const protocol = match.version === 4 ? 'icmp' : 'icmpv6'
  const any = match.version === 4 && match.type === 255
  return (input) => {
    const { icmp } = input.packet
    if (input.packet.protocol !== protocol || icmp === undefined) return NO
    const holds = icmp.type === match.type && icmp.code >= match.code.from && icmp.code <= match.code.to
    return verdictOf(any || holds, match.negated)
  }
}
