import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, undecided } from './matcher.ts'

/** `-m time --timestart 08:00`: a prediction has no clock. */
export function matchTime(match: OfKind<Match, 'time'>): Matcher {
  return (input) => undecided(input, `${match.text} asks for the time of day at which the packet comes`)
}
