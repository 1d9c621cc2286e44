import { lookupRoute, type RouteDecision } from '../forward/lookup-route.ts'
import { readMaxConf } from '../forward/read-sysctl.ts'
import { selectSource } from '../forward/select-source.ts'
import { diffPackets } from '../net/diff-packet.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { dropHere } from './end-here.ts'
import { addStep } from './hop-log.ts'
import { answerError } from './answer-error.ts'
import { type Answer, type Ending, end, type Journey, type Place } from './place.ts'
import { findUnknownRouting, type PreparedNamespace } from './prepare-host.ts'
import { resolveNextHop } from './resolve-next-hop.ts'
import { cutFor } from './fragments.ts'
import { runHook } from './run-hook.ts'
import { describeRoute } from './describe-route.ts'

type SendPlace = Extract<Place, { at: 'send' }>
type Start = Pick<SendPlace, 'bound' | 'link'>

/** A route that leads out of a device (for local destinations `lo`). */
interface Way {
  readonly device: string
  readonly nextHop: string
  readonly mtu: number
}

/**
 * Takes a packet that was made in a namespace down its stack: route (which chooses the source) -> OUTPUT -> a second
 * routing when a chain of OUTPUT turned it that looks for a way again -> POSTROUTING -> neighbour -> device
 * (linux:net/ipv4/ip_output.c __ip_local_out, net/ipv4/netfilter.c ip_route_me_harder).
 */
export function sendPacket(journey: Journey, place: SendPlace): Place {
  const { ns, link } = place
  const first = routeLocal(journey, ns, place.skb, { bound: place.bound, link })
  if ('ending' in first) return place.lent === true ? keepQuiet(journey, first.ending) : first.ending
  const tooBig = place.lent === true ? null : refuseBig(journey, first.skb, first.way)
  if (tooBig !== null) return tooBig
  let lost: Skb | null = null
  let turned: Skb | null = null
  const hasWay = (skb: Skb): boolean => {
    if (leads(ns, skb, link)) turned = skb
    else lost = skb
    return lost === null
  }
  const output = runHook(journey, ns, { hook: 'output', skb: first.skb, outDevice: first.way.device, hasWay })
  if (lost !== null) return endLost(journey, ns, lost, link)
  if (!output.passed) return output.ending
  let { way } = first
  let { skb } = output
  if (turned !== null) {
    const second = routeLocal(journey, ns, turned, { bound: true, link })
    if ('ending' in second) return second.ending
    way = second.way
  }
  const post = runHook(journey, ns, { hook: 'postrouting', skb, outDevice: way.device, nextHop: way.nextHop })
  if (!post.passed) return post.ending
  skb = post.skb
  const late = refuseBig(journey, skb, way)
  if (late !== null) return { ...late, answer: tellMtu(ns, skb, way) }
  cutFor(journey, skb, way.mtu)
  const framed = resolveNextHop(journey, ns, way.device, way.nextHop, skb, 'local')
  if ('ending' in framed) return framed.ending
  return { at: 'transmit', ns, device: way.device, skb: framed.skb }
}

/** Who had this namespace send the packet for it is not told that there is no way (ipvlan_process_v4_outbound). */
function keepQuiet(journey: Journey, ending: Ending): Ending {
  return ending.disposition === 'no-route' ? dropHere(journey, 'IPVLAN_NO_ROUTE', ending.reason) : ending
}

/** Whether a packet that OUTPUT has changed can still be routed. */
function leads(ns: PreparedNamespace, { packet, mark }: Skb, link: string | null): boolean {
  const { family, src, dst } = packet
  const decision = lookupRoute(ns.index, {
    family,
    destination: dst,
    source: src,
    inDevice: 'lo',
    outDevice: link,
    mark,
  })
  const way = wayOf(ns, decision, dst)
  return way !== null && !isConfined(ns, src, way.device)
}

function endLost(journey: Journey, ns: PreparedNamespace, skb: Skb, link: string | null): Ending {
  const routed = routeLocal(journey, ns, skb, { bound: true, link })
  if ('ending' in routed) return routed.ending
  throw new Error(`a packet to ${skb.packet.dst} had no way, and has one`)
}

function routeLocal(
  journey: Journey,
  ns: PreparedNamespace,
  skb: Skb,
  from: Start,
): { readonly skb: Skb; readonly way: Way } | { readonly ending: Ending } {
  const { packet } = skb
  const unknown = findUnknownRouting(ns)
  if (unknown !== null) return { ending: refuseRoute(journey, ns, { kind: 'unknown', what: unknown }, packet.dst) }
  const { decision, src } = chooseRoute(journey, ns, skb, from)
  const way = wayOf(ns, decision, packet.dst)
  if (way === null && !from.bound && lacksAddress(ns, packet.family))
    return { ending: refuseUnaddressed(journey, ns, decision, packet.dst) }
  if (way === null) return { ending: refuseRoute(journey, ns, decision, packet.dst) }
  if (src === null) return { ending: refuseSource(journey, ns, way.device) }
  if (isConfined(ns, src, way.device)) return { ending: refuseLoopback(journey, src, way.device) }
  const routed = src === packet.src ? packet : { ...packet, src }
  addStep(journey.log, describeRoute(decision, packet.dst, diffPackets(packet, routed)))
  return { skb: { ...skb, packet: routed }, way }
}

/**
 * A program that connects, as those do that ask over TCP or UDP, has its route looked up twice: the first one gives the source,
 * the second one is by that source, so that policy rules see it (linux:include/net/route.h ip_route_connect).
 */
function chooseRoute(
  journey: Journey,
  ns: PreparedNamespace,
  skb: Skb,
  { bound, link }: Start,
): { readonly decision: RouteDecision; readonly src: string | null } {
  const { packet } = skb
  const from = bound ? packet.src : null
  const query = {
    family: packet.family,
    destination: packet.dst,
    source: from,
    inDevice: 'lo',
    outDevice: link,
    mark: skb.mark,
  }
  const decision = lookupRoute(ns.index, query)
  if (bound) return { decision, src: packet.src }
  const src = selectSource(ns.index, packet.family, packet.dst, decision)
  const connects = journey.expected === null && (packet.protocol === 'tcp' || packet.protocol === 'udp')
  if (!connects || src === null) return { decision, src }
  return { decision: lookupRoute(ns.index, { ...query, source: src }), src }
}

/** A loopback source may not leave the namespace (linux:net/ipv4/route.c __mkroute_output). */
function isConfined(ns: PreparedNamespace, src: string, device: string): boolean {
  return device !== 'lo' && src.startsWith('127.') && readMaxConf(ns.netns, device, 'route_localnet') === 0
}

function refuseLoopback(journey: Journey, src: string, device: string): Ending {
  const why = `${src} is a loopback address, which may not be sent out on ${device} (route_localnet is off there).`
  addStep(journey.log, { kind: 'drop', reason: 'IP_LOCALNET', why })
  return end('dropped', why)
}

function wayOf(ns: PreparedNamespace, decision: RouteDecision, destination: string): Way | null {
  const mtuOf = (device: string): number => ns.index.interfaces.get(device)?.mtu ?? 65535
  if (decision.kind === 'local') return { device: 'lo', nextHop: destination, mtu: mtuOf('lo') }
  if (decision.kind !== 'forward') return null
  const mtu = decision.route.mtu ?? mtuOf(decision.device)
  return { device: decision.device, nextHop: decision.via ?? destination, mtu }
}

function refuseRoute(journey: Journey, ns: PreparedNamespace, decision: RouteDecision, destination: string): Ending {
  if (decision.kind === 'unknown' || decision.kind === 'broadcast' || decision.kind === 'multicast') {
    const what = decision.kind === 'unknown' ? decision.what : `${destination} is a ${decision.kind} address`
    addStep(journey.log, { kind: 'unknown', what, why: 'Without knowing that, the packet’s way is not known.' })
    return end('cannot-tell', `Cannot tell: ${what}.`)
  }
  addStep(journey.log, describeRoute(decision, destination))
  const error = decision.kind === 'none' ? 'Network is unreachable' : `the ${decision.kind} route says no`
  return end('no-route', `${ns.netns.name} has no way to ${destination}: sending fails at once (${error}).`)
}

/** Whether a namespace has no address of IPv6 at all, not even of the link. */
function lacksAddress(ns: PreparedNamespace, family: 4 | 6): boolean {
  const usable = (device: Interface): boolean =>
    device.addresses.some((entry) => entry.family === 6 && entry.tentative !== true)
  return family === 6 && ![...ns.index.interfaces.values()].some(usable)
}

/** For IPv6 the kernel looks for a source first, and says that rather than that there is no way (ip6_dst_lookup_tail). */
function refuseUnaddressed(
  journey: Journey,
  ns: PreparedNamespace,
  decision: RouteDecision,
  destination: string,
): Ending {
  const refused = refuseRoute(journey, ns, decision, destination)
  if (refused.disposition !== 'no-route') return refused
  const why = `${ns.netns.name} has no address of IPv6 to send from: sending fails at once (Cannot assign requested address).`
  addStep(journey.log, { kind: 'drop', reason: 'NO_SOURCE', why })
  return { ...refused, reason: why }
}

function refuseSource(journey: Journey, ns: PreparedNamespace, device: string): Ending {
  const what = `${ns.netns.name} has no address to send from on ${device}`
  addStep(journey.log, { kind: 'unknown', what, why: 'A packet needs a source address.' })
  return end('cannot-tell', `Cannot tell: ${what}.`)
}

function tellMtu(ns: PreparedNamespace, skb: Skb, { mtu }: Way): Answer | null {
  return answerError(ns, skb, 'too-big', null, `The sender is told the MTU, ${mtu}.`, mtu)
}

/**
 * A local packet that may not be fragmented and is larger than its route's MTU: the program gets EMSGSIZE before there is a
 * packet that a rule could see (linux:net/ipv4/ip_output.c __ip_append_data). Where OUTPUT has turned it to a way with a smaller
 * MTU it is found out after POSTROUTING, and the kernel sends itself ICMP 3/4 as well (ip_fragment).
 */
function refuseBig(journey: Journey, skb: Skb, way: Way): Ending | null {
  const { packet } = skb
  if (packet.length <= way.mtu) return null
  if (!packet.dontFragment) return null
  const reason = `${packet.length} bytes do not fit the MTU of ${way.mtu} on ${way.device}, and the packet may not be fragmented.`
  addStep(journey.log, { kind: 'drop', reason: 'PKT_TOO_BIG', why: reason })
  return end('too-big', reason)
}
