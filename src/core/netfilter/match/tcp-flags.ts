import type { Match } from '../../host/match.ts'
import { type Matcher, NO, type OfKind, verdictOf } from './matcher.ts'

/** `--tcp-flags SYN,RST,ACK,FIN SYN` (`--syn`): of the flags in the mask, exactly those in the set are on. */
export function matchTcpFlags(match: OfKind<Match, 'tcp-flags'>): Matcher {
  const mask = match.mask.map((flag) => flag.toLowerCase())
  const set = new Set(match.set.map((flag) => flag.toLowerCase()))
  return (input) => {
    if (input.packet.protocol !== 'tcp') return NO
    const flags = new Set<string>(input.packet.tcpFlags ?? [])
    return verdictOf(
      mask.every((flag) => flags.has(flag) === set.has(flag)),
      match.negated,
    )
  }
}
