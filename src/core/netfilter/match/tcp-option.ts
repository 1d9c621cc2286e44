import type { Match } from '../../host/match.ts'
import type { Packet } from '../../net/packet.ts'
import { type Matcher, NO, type OfKind, undecided, verdictOf } from './matcher.ts'

/** `--tcp-option N`: decided for a segment that is a bare header; which options another one carries is not known. */
export function matchTcpOption(match: OfKind<Match, 'tcp-option'>): Matcher {
  return (input) => {
    if (input.packet.protocol !== 'tcp') return NO
    if (!hasTcpOptions(input.packet)) return verdictOf(false, match.negated)
    return undecided(input, 'which options the TCP segment carries is not known')
  }
}

/** Tells whether a segment may carry options: it is longer than both headers. */
export function hasTcpOptions(packet: Packet): boolean {
  return packet.length > (packet.family === 4 ? 40 : 60)
}
