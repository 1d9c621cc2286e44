import type { DockerNetwork } from '../host/container.ts'
import type { HostState } from '../host/host-state.ts'
import { parsePrefix } from '../net/prefix.ts'
import { type IpRange, overlaps, toRange } from '../synth/address/ip-range.ts'

/** Where a host's own packets go that have an address of a range. */
export interface HostWay {
  readonly prefix: string
  readonly device: string
}

/** Returns the route of the host's that leads into a range and is not Docker's, or null. The default route is for all others. */
export function findHostOverlap({ namespaces, networks }: HostState, range: IpRange): HostWay | null {
  const [root] = namespaces
  const bridges = new Set(networks.flatMap(({ bridge }) => (bridge === null ? [] : [bridge])))
  for (const { destination, table, type, nextHops } of root?.routes ?? []) {
    const device = nextHops[0]?.device ?? null
    if (table !== 'main' || type !== 'unicast' || device === null || bridges.has(device)) continue
    const way = toRange(destination)
    if (way.length > 0 && overlaps(way, range)) return { prefix: destination, device }
  }
  return null
}

/** Returns the subnets of a network; a driver of somebody else's may tell them otherwise. */
export function rangesOf({ subnets }: DockerNetwork): readonly IpRange[] {
  return subnets.flatMap(({ prefix }) => (isWhole(parsePrefix(prefix)) ? [toRange(prefix)] : []))
}

function isWhole(prefix: ReturnType<typeof parsePrefix>): boolean {
  return prefix !== null && prefix.length !== null
}

/** RFC 1918, 6598, 3927, 5737, 2544; 4193, 4291, 3849. */
const APART = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '198.18.0.0/15',
  'fc00::/7',
  'fe80::/10',
  '2001:db8::/32',
].map(toRange)

/** Tells whether a range has addresses of machines on the Internet. */
export function isPublic(range: IpRange): boolean {
  return !APART.some((apart) => apart.family === range.family && apart.first <= range.first && range.last <= apart.last)
}
