import { lookupRoute } from '../forward/lookup-route.ts'
import { selectSource } from '../forward/select-source.ts'
import type { Packet } from '../net/packet.ts'
import type { PreparedNamespace } from './prepare-host.ts'

/**
 * Returns a packet with the source that the route to its destination gives it, unchanged where there is no route. The
 * kernel chooses it before the packet exists, so that it is there from the first step on. `link`: the device that it must leave by.
 */
export function chooseSource(ns: PreparedNamespace, packet: Packet, link: string | null): Packet {
  const { family, dst } = packet
  const query = { family, destination: dst, source: null, inDevice: 'lo', outDevice: link, mark: 0 }
  const src = selectSource(ns.index, family, dst, lookupRoute(ns.index, query))
  return src === null ? packet : { ...packet, src }
}

/** Returns the MTU of the route to a destination; where there is none, the largest that a packet can be. */
export function mtuTowards(ns: PreparedNamespace, destination: string): number {
  const family = destination.includes(':') ? 6 : 4
  const route = lookupRoute(ns.index, { family, destination, source: null, inDevice: 'lo', outDevice: null, mark: 0 })
  if (route.kind !== 'forward' && route.kind !== 'local') return 65535
  const device = route.kind === 'local' ? 'lo' : route.device
  return route.route.mtu ?? ns.index.interfaces.get(device)?.mtu ?? 65535
}
