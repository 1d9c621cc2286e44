import type { AddressType } from '../host/match.ts'
import { contains, toBits } from './compile-prefix.ts'
import type { ForwardIndex } from './forward-index.ts'
import { routesFor } from './index-routes.ts'
import { lookupRoute } from './lookup-route.ts'

const TYPES: Readonly<Record<string, AddressType>> = {
  local: 'LOCAL',
  broadcast: 'BROADCAST',
  anycast: 'ANYCAST',
  multicast: 'MULTICAST',
  blackhole: 'BLACKHOLE',
  unreachable: 'UNREACHABLE',
  prohibit: 'PROHIBIT',
  throw: 'THROW',
}

/**
 * Returns what the kernel's local table says of an address, as `-m addrtype` sees it. With a device, only an entry on
 * that device counts (linux:net/ipv4/fib_frontend.c __inet_dev_addr_type). IPv6 asks all tables: what no route leads to is
 * UNREACHABLE there (net/netfilter/xt_addrtype.c match_lookup_rt6).
 */
export function findAddressType(
  index: ForwardIndex,
  family: 4 | 6,
  address: string,
  device: string | null,
): AddressType {
  const bits = toBits(address)
  if (isMulticast(family, address)) return 'MULTICAST'
  if (address === '255.255.255.255') return 'BROADCAST'
  if (address === '0.0.0.0' || address === '::') return family === 4 ? 'BROADCAST' : 'UNSPEC'
  for (const entry of routesFor(index.routes.local[family], bits)) {
    if (!contains(entry.prefix, bits)) continue
    const onDevice = device === null || entry.route.nextHops.some((hop) => hop.device === device)
    return onDevice ? (TYPES[entry.route.type] ?? 'UNICAST') : 'UNICAST'
  }
  return family === 4 || leads6(index, address, device) ? 'UNICAST' : 'UNREACHABLE'
}

function leads6(index: ForwardIndex, destination: string, outDevice: string | null): boolean {
  const { kind } = lookupRoute(index, { family: 6, destination, source: null, inDevice: 'lo', outDevice, mark: 0 })
  return kind !== 'none' && kind !== 'unreachable' && kind !== 'prohibit' && kind !== 'blackhole'
}

/** Returns whether an address is multicast (224.0.0.0/4, ff00::/8). */
export function isMulticast(family: 4 | 6, address: string): boolean {
  if (family === 6) return address.startsWith('ff')
  const first = Number.parseInt(address, 10)
  return first >= 224 && first <= 239
}
