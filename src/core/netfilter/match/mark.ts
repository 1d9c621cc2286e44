import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, verdictOf } from './matcher.ts'

/** `-m mark --mark 0x1/0xff`, and `-m connmark` on the connection's mark (no connection: never). */
export function matchMark(match: OfKind<Match, 'mark' | 'connmark'>): Matcher {
  const value = match.value >>> 0
  const fits = (mark: number): boolean => (mark & match.mask) >>> 0 === value
  if (match.kind === 'mark') return (input) => verdictOf(fits(input.mark), match.negated)
  return (input) => {
    const connection = input.conntrack?.connection ?? null
    return connection === null ? NO : verdictOf(fits(connection.mark), match.negated)
  }
}
