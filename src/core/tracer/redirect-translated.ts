import { lookupRoute, type RouteDecision } from '../forward/lookup-route.ts'
import { isForwarding } from '../forward/read-sysctl.ts'
import { checkSource, refuseMartian } from '../forward/validate-source.ts'
import type { Interface } from '../host/interface.ts'
import { isBoundToLink } from '../net/address.ts'
import type { Skb } from '../netfilter/hook.ts'
import { addFrame, addStep, openDevice } from './hop-log.ts'
import { type Ending, end, type Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { resolveNextHop } from './resolve-next-hop.ts'

const NO_WAY: Readonly<Partial<Record<RouteDecision['kind'], true>>> = {
  none: true,
  unreachable: true,
  prohibit: true,
  blackhole: true,
}

/** The frame as the bridge goes on with it, or the ending that its routing made. */
type Redirected = { readonly skb: Skb } | { readonly ending: Ending }

/**
 * A destination that PREROUTING translated is routed on the spot: out of this same bridge it stays a bridged frame with
 * its neighbour's MAC and its TTL, anywhere else it becomes a frame for the bridge itself, as does one that may not be
 * forwarded, which is then refused there (linux:net/bridge/br_netfilter_hooks.c br_nf_pre_routing_finish). In IPv6 one that has
 * no way is dropped at once (br_netfilter_ipv6.c br_nf_pre_routing_finish_ipv6).
 */
export function redirectTranslated(
  journey: Journey,
  ns: PreparedNamespace,
  bridge: Interface,
  before: Skb,
  after: Skb,
): Redirected {
  const { packet, mark } = after
  if (packet.dst === before.packet.dst) return { skb: after }
  const { family } = packet
  const arriving = { family, source: packet.src, destination: packet.dst, device: bridge.name, mark }
  const martian = refuseMartian(ns.index, arriving)
  if (martian !== null) return { ending: refuse(journey, martian) }
  const route = lookupRoute(ns.index, {
    family,
    destination: packet.dst,
    source: packet.src,
    inDevice: bridge.name,
    outDevice: isBoundToLink(packet.dst) ? bridge.name : null,
    mark,
  })
  if (family === 6 && route.kind in NO_WAY) {
    const why = `${bridge.name} finds no way to ${packet.dst}, and drops the packet without a word.`
    return { ending: refuse(journey, { reason: 'IPV6_BAD_ROUTE', why }) }
  }
  const up: Redirected = { skb: { ...after, packet: { ...packet, destinationMac: bridge.mac } } }
  const forwards = route.kind === 'forward' && (family === 6 || isForwarding(ns.netns, family, bridge.name))
  if (!forwards && route.kind !== 'local') return up
  const check = checkSource(ns.index, arriving, forwards ? route.device : null)
  if (check !== null && 'refusal' in check) return { ending: refuse(journey, check.refusal) }
  if (check !== null || !forwards || route.device !== bridge.name) return up
  return stayBridged(journey, ns, bridge, route.via ?? packet.dst, after)
}

function refuse(journey: Journey, { reason, why }: { readonly reason: string; readonly why: string }): Ending {
  addStep(journey.log, { kind: 'drop', reason, why })
  return end('dropped', why)
}

/**
 * Gives the frame its neighbour's MAC. Where the kernel is not sure of that neighbour, it has the bridge device itself send
 * the frame, which tcpdump then shows there on its way out (br_nf_pre_routing_finish_bridge: `neigh->output`).
 */
function stayBridged(
  journey: Journey,
  ns: PreparedNamespace,
  bridge: Interface,
  nextHop: string,
  skb: Skb,
): Redirected {
  const framed = resolveNextHop(journey, ns, bridge.name, nextHop, skb, 'bridged')
  if ('ending' in framed || framed.connected) return framed
  const { packet } = framed.skb
  openDevice(journey.log, ns.netns.name, bridge, packet)
  addFrame(journey.log, 'out', { ...packet, sourceMac: bridge.mac })
  const why = `The neighbour entry of ${nextHop} is not fresh, so ${bridge.name} itself sends the frame.`
  addStep(journey.log, { kind: 'exit', device: bridge.name, why })
  return framed
}
