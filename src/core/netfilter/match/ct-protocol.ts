import type { Match } from '../../host/match.ts'
import { protocolNumber } from '../../net/protocol-number.ts'
import { type Matcher, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctproto tcp`. */
export function matchCtProtocol(match: OfKind<Match, 'ct-protocol'>, besideState: boolean): Matcher {
  const protocol = protocolNumber(match.protocol)
  if (protocol === null) return () => UNDECIDED
  return withConnection(besideState, (view) =>
    verdictOf(protocolNumber(view.connection.protocol) === protocol, match.negated),
  )
}
