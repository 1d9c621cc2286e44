import type { Match } from '../../host/match.ts'
import type { Connection } from '../conntrack.ts'
import { type Matcher, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/**
 * `--ctstatus SEEN_REPLY,CONFIRMED`. No connection is ASSURED by its first packet or by the first answer; of one that was there
 * before, it may have become so since the host was read, and is undecided.
 */
export function matchCtStatus(match: OfKind<Match, 'ct-status'>, besideState: boolean): Matcher {
  const statuses = match.statuses.map((status) => status.toUpperCase())
  return withConnection(besideState, (view) => {
    if (statuses.some((status) => hasStatus(status, view.connection))) return verdictOf(true, match.negated)
    const unsure = statuses.includes('ASSURED') && view.connection.assured === null
    return unsure ? UNDECIDED : verdictOf(false, match.negated)
  })
}

function hasStatus(status: string, connection: Connection): boolean {
  if (status === 'SEEN_REPLY') return connection.seenReply
  if (status === 'CONFIRMED') return connection.confirmed
  if (status === 'ASSURED') return connection.assured === true
  // NONE is no bit at all, EXPECTED needs a helper: neither is modelled as true.
  return false
}
