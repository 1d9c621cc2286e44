import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctdir ORIGINAL`, `--ctdir REPLY`. */
export function matchCtDirection(match: OfKind<Match, 'ct-direction'>, besideState: boolean): Matcher {
  const direction = match.direction === 'ORIGINAL' ? 'original' : 'reply'
  return withConnection(besideState, (view) => verdictOf(view.direction === direction, match.negated))
}
