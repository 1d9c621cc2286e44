import type { Match } from '../../host/match.ts'
import { isKernelFrom } from '../kernel-release.ts'
import { type PacketBytes, packetBytes } from '../packet-bytes.ts'
import { type Matcher, type MatchResult, NO, type OfKind, UNDECIDED, undecided, verdictOf, YES } from './matcher.ts'

/**
 * `-m string --string "GET" --algo bm`: searches the whole packet from its IP header on (linux:net/netfilter/xt_string.c,
 * skb_find_text). Payload is not known: undecided where the text would fit into it, or into other bytes that are not.
 */
export function matchString(match: OfKind<Match, 'string'>): Matcher {
  return (input) => {
    const found = search(packetBytes(input.packet), match, isKernelFrom(input.kernel, 6, 6))
    if (found !== UNDECIDED) return verdictOf(found === YES, match.negated)
    return undecided(input, `${match.text} searches bytes of the packet that are not known`)
  }
}

/**
 * A text has to begin behind `from`, and to end before `to` and within the packet; kernels before 6.6 may also find one that
 * only begins before `to`.
 */
function search(
  bytes: PacketBytes,
  { bytes: wanted, from, to, ignoreCase }: OfKind<Match, 'string'>,
  isStrict: boolean,
): MatchResult {
  const sure = Math.min(to, bytes.length) - wanted.length
  const last = isStrict ? sure : Math.min(to, bytes.length - wanted.length)
  const fold = ignoreCase ? foldCase : (byte: number): number => byte
  let result: MatchResult = NO
  for (let place = from; place <= last; place++) {
    const one = fitsAt(bytes, place, wanted, fold)
    if (one === YES && place <= sure) return YES
    if (one !== NO) result = UNDECIDED
  }
  return result
}

function fitsAt(
  bytes: PacketBytes,
  place: number,
  wanted: readonly number[],
  fold: (byte: number) => number,
): MatchResult {
  let result: MatchResult = YES
  for (const [index, byte] of wanted.entries()) {
    const there = bytes.at(place + index)
    if (there === null) result = UNDECIDED
    else if (fold(there) !== fold(byte)) return NO
  }
  return result
}

function foldCase(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte
}
