import type { Match } from '../../host/match.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import { type Matcher, NO, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'

/** `-m tcp --dport 80`, `-m udp --sport 1024:65535`: for packets of that protocol only, also when negated. */
export function matchPort(match: OfKind<Match, 'source-port' | 'destination-port'>): Matcher {
  const protocol = protocolNumber(match.protocol)
  if (protocol === null) return () => UNDECIDED
  const { from, to } = match.range
  const source = match.kind === 'source-port'
  const { negated } = match
  return (input) => {
    const port = source ? input.sourcePort : input.destinationPort
    if (input.protocol !== protocol || port < 0) return NO
    return verdictOf(port >= from && port <= to, negated)
  }
}
