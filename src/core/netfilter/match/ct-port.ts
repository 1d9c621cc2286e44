import type { Match } from '../../host/match.ts'
import type { Connection } from '../conntrack.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctorigdstport 18080` and its three siblings: the port before NAT, which filter rules do not see otherwise. */
export function matchCtPort(match: OfKind<Match, 'ct-port'>, besideState: boolean): Matcher {
  const { from, to } = match.range
  return withConnection(besideState, ({ connection }) => {
    const port = tuplePort(connection, match.field)
    return verdictOf(port >= from && port <= to, match.negated)
  })
}

function tuplePort(connection: Connection, field: OfKind<Match, 'ct-port'>['field']): number {
  switch (field) {
    case 'original-source':
      return connection.original.sourcePart
    case 'original-destination':
      return connection.original.destinationPart
    case 'reply-source':
      return connection.reply.sourcePart
    case 'reply-destination':
      return connection.reply.destinationPart
  }
}
