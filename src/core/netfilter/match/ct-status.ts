import type { Match } from '../../host/match.ts'
import type { Connection } from '../conntrack.ts'
import { type Matcher, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctstatus SEEN_REPLY,CONFIRMED`. ASSURED depends on timing and is undecided when nothing else decides. */
export function matchCtStatus(match: OfKind<Match, 'ct-status'>, besideState: boolean): Matcher {
  const statuses = match.statuses.map((status) => status.toUpperCase())
  return withConnection(besideState, (view) => {
    if (statuses.some((status) => hasStatus(status, view.connection))) return verdictOf(true, match.negated)
    return statuses.includes('ASSURED') ? UNDECIDED : verdictOf(false, match.negated)
  })
}

function hasStatus(status: string, connection: Connection): boolean {
  if (status === 'SEEN_REPLY') return connection.seenReply
  if (status === 'CONFIRMED') return connection.confirmed
  // NONE is no bit at all, EXPECTED needs a helper: neither is modelled as true.
  return false
}
