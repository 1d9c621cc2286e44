import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, UNDECIDED } from './matcher.ts'

/** `--tcp-option N`: a traced packet carries no TCP options, so a TCP packet is undecided. */
export function matchTcpOption(_match: OfKind<Match, 'tcp-option'>): Matcher {
  return (input) => (input.packet.protocol === 'tcp' ? UNDECIDED : NO)
}
