import type { AddressPool, Generation } from '../scene/scene.ts'
import { digestHex } from '../digest.ts'
import { bitsOf, type IpRange, rangeOf, toRange } from './ip-range.ts'

/** What dockerd cuts subnets from without `default-address-pools` (moby:libnetwork/ipamutils/utils.go). */
const DEFAULT_POOLS: readonly AddressPool[] = [
  { base: '172.17.0.0/16', size: 16 },
  { base: '172.18.0.0/16', size: 16 },
  { base: '172.19.0.0/16', size: 16 },
  { base: '172.20.0.0/14', size: 16 },
  { base: '172.24.0.0/14', size: 16 },
  { base: '172.28.0.0/14', size: 16 },
  { base: '192.168.0.0/16', size: 20 },
]

/** More subnets than anyone makes: a /48 has 65,536 of /64, and they are only ever tried from the first on. */
const MOST_OF_ONE_POOL = 4096

/**
 * Returns the subnets that a network without one may get, in the order in which they are tried: as listed in 20.10, by
 * address since 26.1 (moby:libnetwork/ipams/defaultipam/address_space.go). Since 27, IPv6 ones are cut from a range that
 * is derived from the host.
 */
export function listDefaultSubnets(
  generation: Generation,
  pools: readonly AddressPool[] | undefined,
  hostname: string,
): readonly IpRange[] {
  const given = pools ?? DEFAULT_POOLS
  const hasSix = given.some(({ base }) => base.includes(':'))
  const all = generation === 20 || hasSix ? given : [...given, localPool(hostname)]
  const subnets = all.flatMap(splitPool)
  if (generation === 20) return subnets
  return subnets.sort((a, b) => a.family - b.family || (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
}

function splitPool({ base, size }: AddressPool): readonly IpRange[] {
  const range = toRange(base)
  const count = Math.min(2 ** Math.max(size - range.length, 0), MOST_OF_ONE_POOL)
  const step = 1n << BigInt(bitsOf(range.family) - size)
  return Array.from({ length: count }, (_, index) => rangeOf(range.family, range.first + BigInt(index) * step, size))
}

/** moby:daemon/config DeriveULABaseNetwork: fd, 40 bits of a hash of the host's id, cut into /64. */
function localPool(hostname: string): AddressPool {
  const bits = digestHex(`ula ${hostname}`, 10)
  return { base: `fd${bits.slice(0, 2)}:${bits.slice(2, 6)}:${bits.slice(6, 10)}::/48`, size: 64 }
}
