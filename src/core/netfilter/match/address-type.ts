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
    const address = match.side === 'source' ? src : dst
    const type = input.fib.addressType(family, address, device === '' ? null : device)
    return verdictOf(family === 4 ? types.has(type) : holds6(types, address, type), match.negated)
  }
}

/** What only a route tells of an IPv6 address. */
const ROUTED: readonly AddressType[] = ['LOCAL', 'ANYCAST', 'UNREACHABLE']

/**
 * In IPv6 the kinds that an address shows by itself must all hold, a local one being UNICAST as well, and then one of those that
 * its route tells, where any is asked for (xt_addrtype.c match_type6).
 */
function holds6(types: ReadonlySet<AddressType>, address: string, type: AddressType): boolean {
  const kind = address.startsWith('ff') ? 'MULTICAST' : address === '::' ? 'UNSPEC' : 'UNICAST'
  for (const one of ['MULTICAST', 'UNICAST', 'UNSPEC'] as const) if (types.has(one) && one !== kind) return false
  return ROUTED.some((one) => types.has(one)) ? ROUTED.includes(type) && types.has(type) : true
}
