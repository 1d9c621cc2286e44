import type { AddressType, Match } from '../../host/match.ts'
import { type Matcher, type OfKind, verdictOf } from './matcher.ts'

/**
 * `-m addrtype --dst-type LOCAL`: what the routing tables say of an address (linux:net/netfilter/xt_addrtype.c);
 * `--limit-iface-in` and `--limit-iface-out` ask for the device of the packet only.
 */
export function matchAddressType(match: OfKind<Match, 'address-type'>): Matcher {
  const types: ReadonlySet<AddressType> = new Set(match.types)
  return (input) => {
    const { family, src, dst } = input.packet
    const limit = match.limitInterface
    const device = limit === null ? null : limit === 'in' ? input.inDevice : input.outDevice
    const type = input.fib.addressType(family, match.side === 'source' ? src : dst, device === '' ? null : device)
    return verdictOf(types.has(type), match.negated)
  }
}
