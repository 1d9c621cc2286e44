import type { Match } from '../../host/match.ts'
import { compileAddressTest, inAddressTest } from '../address-test.ts'
import { type Matcher, NO, type OfKind, UNDECIDED, verdictOf } from './matcher.ts'

/** `-s 10.0.0.0/8`, `! -d 2001:db8::/32`. Undecided for a text that is no prefix. */
export function matchAddress(match: OfKind<Match, 'source' | 'destination'>): Matcher {
  const test = compileAddressTest(match.prefix)
  if (test === null) return () => UNDECIDED
  const source = match.kind === 'source'
  return (input) => {
    if (input.packet.family !== test.family) return NO
    return verdictOf(inAddressTest(test, source ? input.src : input.dst), match.negated)
  }
}
