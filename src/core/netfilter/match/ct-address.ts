import type { Match } from '../../host/match.ts'
import { compileAddressTest, inAddressTest } from '../address-test.ts'
import type { Connection } from '../conntrack.ts'
import { addressWords } from '../match-input.ts'
import { type Matcher, NO, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctorigsrc`, `--ctorigdst`, `--ctreplsrc`, `--ctrepldst`: addresses of the tracked tuples, whatever NAT did since. */
export function matchCtAddress(match: OfKind<Match, 'ct-address'>, besideState: boolean): Matcher {
  const test = compileAddressTest(match.prefix)
  if (test === null) return () => UNDECIDED
  return withConnection(besideState, ({ connection }) => {
    if (connection.family !== test.family) return NO
    const address = addressWords(connection.family, tupleAddress(connection, match.field))
    return verdictOf(inAddressTest(test, address), match.negated)
  })
}

function tupleAddress(connection: Connection, field: OfKind<Match, 'ct-address'>['field']): string {
  switch (field) {
    case 'original-source':
      return connection.original.src
    case 'original-destination':
      return connection.original.dst
    case 'reply-source':
      return connection.reply.src
    case 'reply-destination':
      return connection.reply.dst
  }
}
