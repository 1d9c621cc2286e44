import type { Match } from '../../host/match.ts'
import { type Matcher, type OfKind, undecided, verdictOf } from './matcher.ts'

/** `-m statistic --mode random --probability 0.5`, `--mode nth --every 2`: luck, unless it is 0, 1 or every packet. */
export function matchStatistic(match: OfKind<Match, 'statistic'>): Matcher {
  const { certain, negated } = match
  if (certain !== null) return () => verdictOf(certain === 'always', negated)
  return (input) => undecided(input, `${match.text} is a matter of chance, or of how many packets came before`)
}
