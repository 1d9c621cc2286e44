import type { Match } from '../../host/match.ts'
import { parseAddress } from '../../net/address.ts'
import type { Packet } from '../../net/packet.ts'
import { specialRange } from '../../net/prefix.ts'
import type { MatchInput } from '../match-input.ts'
import { type Matcher, type MatchResult, NO, type OfKind, undecided, verdictOf, YES } from './matcher.ts'

type Rpfilter = OfKind<Match, 'rpfilter'>

/**
 * `-m rpfilter --loose --validmark --accept-local`: whether an answer would leave by the device that the packet came by, or
 * with `--loose` at all (linux:net/ipv4/netfilter/ipt_rpfilter.c, net/ipv6/netfilter/ip6t_rpfilter.c).
 */
export function matchRpfilter(match: Rpfilter): Matcher {
  return (input) => {
    const found = input.inDevice === 'lo' || isExempt(input.packet) ? YES : lookBack(match, input)
    return found === YES || found === NO ? verdictOf(found === YES, match.negated) : found
  }
}

/** A machine that has no address yet may ask for one. */
function isExempt({ family, src, dst }: Packet): boolean {
  if (family === 6) return src === '::'
  const target = parseAddress(dst)
  if (!src.startsWith('0.') || target === null) return false
  return dst === '255.255.255.255' || dst.startsWith('224.0.0.')
}

function lookBack(match: Rpfilter, input: MatchInput): MatchResult {
  const { packet, fib, inDevice } = input
  const { family, src } = packet
  if (fib.addressType(family, src, null) === 'LOCAL') {
    if (!match.acceptLocal) return NO
    return match.loose || family === 6 || fib.addressType(family, src, inDevice) === 'LOCAL' ? YES : NO
  }
  if (fib.routeDevice === undefined) return undecided(input, `${match.text} asks for the way back, which is not known`)
  const found = fib.routeDevice({
    family,
    destination: src,
    source: sourceOf(packet),
    mark: match.useMark ? input.mark : 0,
    inDevice: '',
    device: match.loose ? null : inDevice,
  })
  if (found.kind === 'unknown') return undecided(input, `${match.text} asks for the way back: ${found.what}`)
  return found.kind === 'device' ? YES : NO
}

/** An answer does not come from an address of many. */
function sourceOf({ family, dst }: Packet): string {
  const parsed = parseAddress(dst)
  const special = parsed === null ? null : specialRange(parsed.family, parsed.value)
  if (special !== 'multicast' && special !== 'broadcast') return dst
  return family === 4 ? '0.0.0.0' : '::'
}
