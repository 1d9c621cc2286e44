import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, UNDECIDED } from './matcher.ts'
import { withConnection } from './with-connection.ts'

/** `--ctexpire 0:60`: a prediction has no clock, so a tracked packet is undecided. */
export function matchCtExpire(_match: OfKind<Match, 'ct-expire'>, besideState: boolean): Matcher {
  return withConnection(besideState, () => UNDECIDED)
}
