import { lookupRoute, type RouteDecision } from '../forward/lookup-route.ts'
import { isForwarding } from '../forward/read-sysctl.ts'
import { type ArrivingPacket, checkSource, refuseMartian, type SourceRefusal } from '../forward/validate-source.ts'
import { isBoundToLink } from '../net/address.ts'
import { diffPackets } from '../net/diff-packet.ts'
import type { Skb } from '../netfilter/hook.ts'
import { answerError } from './answer-error.ts'
import { takeForL3s } from './climb-stack.ts'
import { deliverPacket } from './deliver-packet.ts'
import { describeRoute } from './describe-route.ts'
import { cutFor, isTooBig6, joinForHooks } from './fragments.ts'
import { addStep, openHop } from './hop-log.ts'
import type { IcmpTrouble } from './make-packet.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'
import { findUnknownRouting, type PreparedNamespace } from './prepare-host.ts'
import { refuseDisabled, refuseLinkLocal } from './refuse-ipv6.ts'
import { resolveNextHop } from './resolve-next-hop.ts'
import { runHook } from './run-hook.ts'
import { sendRedirect } from './send-redirect.ts'

type ReceivePlace = Extract<Place, { at: 'receive' }>
type Forwarded = Extract<RouteDecision, { kind: 'forward' }>

/**
 * Takes a packet up the stack of a namespace: PREROUTING -> routing with all its silent refusals -> INPUT and the socket,
 * or TTL and MTU checks -> FORWARD -> POSTROUTING -> neighbour -> device (linux:net/ipv4/ip_input.c, ip_forward.c).
 */
export function receivePacket(journey: Journey, place: ReceivePlace): Place {
  const { ns, device } = place
  openHop(journey.log, ns.netns.name, null, 'stack', place.skb.packet)
  const unknown = findUnknownRouting(ns)
  if (unknown !== null) return cannotTell(journey, unknown)
  const disabled = refuseDisabled(journey, ns, device, place.skb)
  if (disabled !== null) return disabled
  const pre = prerouting(journey, place)
  if ('ending' in pre) return pre.ending
  const { skb, cut } = pre
  if (device === 'lo') return receiveLocal(journey, place, skb)
  const taken = takeForL3s(journey, place, skb)
  if (taken !== null) return taken
  const route = routeArrived(journey, ns, device, skb)
  if ('ending' in route) return route.ending
  if (route.decision === null) return receiveLocal(journey, place, skb)
  return forwardPacket(journey, { ...place, skb: route.skb }, { arrived: skb, route: route.decision, cut })
}

/** `cut` is what the packet was cut for when it came in; a bridge that joined its pieces has forgotten (ip_rcv_core). */
function prerouting(
  journey: Journey,
  place: ReceivePlace,
): { readonly skb: Skb; readonly cut: number | null } | { readonly ending: Ending } {
  if (place.prerouted) return { skb: place.skb, cut: null }
  const cut = joinForHooks(journey, place.ns, place.skb)
  const pre = runHook(journey, place.ns, { hook: 'prerouting', skb: place.skb, inDevice: place.device })
  return pre.passed ? { skb: pre.skb, cut } : { ending: pre.ending }
}

function cannotTell(journey: Journey, what: string): Ending {
  addStep(journey.log, { kind: 'unknown', what, why: 'Without it the packet’s fate is not known.' })
  return end('cannot-tell', `Cannot tell: ${what}.`)
}

type Routed =
  | { readonly decision: Forwarded; readonly skb: Skb }
  | { readonly decision: null }
  | { readonly ending: Ending }

/** Routes an arrived packet. `decision` null means that it is for this namespace. The TTL is already lower by one. */
function routeArrived(journey: Journey, ns: PreparedNamespace, device: string, skb: Skb): Routed {
  const { packet } = skb
  const arriving = { family: packet.family, source: packet.src, destination: packet.dst, device, mark: skb.mark }
  const martian = refuseMartian(ns.index, arriving)
  if (martian !== null) return { ending: refuseSource(journey, martian) }
  const decision = lookupRoute(ns.index, {
    family: packet.family,
    destination: packet.dst,
    source: packet.src,
    inDevice: device,
    outDevice: isBoundToLink(packet.dst) ? device : null,
    mark: skb.mark,
  })
  if (decision.kind === 'unknown') return { ending: cannotTell(journey, decision.what) }
  if (decision.kind === 'local') {
    const checked = judgeSource(journey, ns, arriving, null)
    if (checked !== null) return { ending: checked }
    addStep(journey.log, describeRoute(decision, packet.dst))
    return { decision: null }
  }
  const forwarding = isForwarding(ns.netns, packet.family, device)
  // IPv6 answers for a missing route without asking whether it forwards at all (net/ipv6/route.c ip6_pkt_discard).
  if (!forwarding && (packet.family === 4 || !isRefusal(decision)))
    return { ending: refuseForwarding(journey, ns, device) }
  if (isRefusal(decision)) return { ending: refuseRoute(journey, { ns, device }, skb, decision) }
  if (decision.kind !== 'forward')
    return { ending: cannotTell(journey, `${packet.dst} is a ${decision.kind} address, which is not modelled`) }
  const checked = judgeSource(journey, ns, arriving, decision.device)
  if (checked !== null) return { ending: checked }
  const lowered = { ...packet, ttl: packet.ttl - 1 }
  const spent = packet.ttl <= 1
  addStep(journey.log, describeRoute(decision, packet.dst, spent ? [] : diffPackets(packet, lowered)))
  return { decision, skb: spent ? skb : { ...skb, packet: lowered } }
}

function judgeSource(
  journey: Journey,
  ns: PreparedNamespace,
  arriving: ArrivingPacket,
  outDevice: string | null,
): Ending | null {
  const check = checkSource(ns.index, arriving, outDevice)
  if (check === null) return null
  return 'unknown' in check ? cannotTell(journey, check.unknown) : refuseSource(journey, check.refusal)
}

function refuseSource(journey: Journey, { reason, why }: SourceRefusal): Ending {
  addStep(journey.log, { kind: 'drop', reason, why })
  return end('dropped', why)
}

function refuseForwarding(journey: Journey, ns: PreparedNamespace, device: string): Ending {
  const why = `Forwarding is off for packets that come in on ${device} of ${ns.netns.name}; the packet is dropped without a word.`
  addStep(journey.log, { kind: 'drop', reason: 'IP_INADDRERRORS', why })
  return end('dropped', why)
}

type Refused = Extract<RouteDecision, { kind: 'none' } | { kind: 'unreachable' | 'prohibit' | 'blackhole' }>

function isRefusal(decision: RouteDecision): decision is Refused {
  const { kind } = decision
  return kind === 'none' || kind === 'unreachable' || kind === 'prohibit' || kind === 'blackhole'
}

function refuseRoute(
  journey: Journey,
  { ns, device }: Pick<ReceivePlace, 'ns' | 'device'>,
  skb: Skb,
  decision: Refused,
): Ending {
  const { dst } = skb.packet
  addStep(journey.log, describeRoute(decision, dst))
  if (decision.kind === 'blackhole') {
    const why = `A blackhole route swallows packets to ${dst}.`
    addStep(journey.log, { kind: 'drop', reason: 'BLACKHOLE', why })
    return end('dropped', why)
  }
  const reason =
    decision.kind === 'none'
      ? `${ns.netns.name} has no route to ${dst}.`
      : `An entry of kind ${decision.kind} covers ${dst}.`
  const why = 'The sender is told that there is no way.'
  return end('no-route', reason, answerError(ns, skb, troubleOf(decision, skb), { inDevice: device }, why))
}

/**
 * An `unreachable` route means the host, an `unreachable` policy rule the net, as no route does. IPv6 says "no route" to all
 * of them (linux:net/ipv6/route.c ip6_rt_init_dst_reject).
 */
function troubleOf(decision: Refused, { packet }: Skb): IcmpTrouble {
  if (decision.kind === 'prohibit') return 'admin-prohibited'
  if (packet.family === 6) return 'net-unreachable'
  return decision.kind === 'unreachable' && decision.route !== null ? 'host-unreachable' : 'net-unreachable'
}

/**
 * Up the stack. What is still in pieces is put together before INPUT in IPv4 (ip_input.c ip_local_deliver), and after it in IPv6,
 * as one of the headers that come before the transport's (ip6_input.c ip6_input).
 */
function receiveLocal(journey: Journey, place: ReceivePlace, skb: Skb): Place {
  const { ns, device, port } = place
  if (skb.packet.family === 4) journey.log.cut = null
  const input = runHook(journey, ns, { hook: 'input', skb, inDevice: device, physIn: port })
  if (!input.passed) return input.ending
  journey.log.cut = null
  return deliverPacket(journey, ns, device, input.skb)
}

interface Forwarding {
  /** The packet with the TTL that it came with: errors quote that one. */
  readonly arrived: Skb
  readonly route: Forwarded
  readonly cut: number | null
}

/**
 * A packet that came in pieces leaves in pieces no larger than those, also where the link would take it whole
 * (linux:net/ipv4/ip_output.c __ip_finish_output, frag_max_size).
 */
function forwardPacket(journey: Journey, place: ReceivePlace, { arrived, route, cut }: Forwarding): Place {
  const { ns, device, port, skb } = place
  const refused = refuseToForward(journey, ns, arrived, { inDevice: device, route, cut })
  if (refused !== null) return refused
  sendRedirect(journey, ns, place, route)
  const nextHop = route.via ?? skb.packet.dst
  const outDevice = route.device
  const forward = runHook(journey, ns, { hook: 'forward', skb, inDevice: device, outDevice, physIn: port })
  if (!forward.passed) return forward.ending
  const last = { hook: 'postrouting', skb: forward.skb, inDevice: device, outDevice, physIn: port, nextHop } as const
  const post = runHook(journey, ns, last)
  if (!post.passed) return post.ending
  cutFor(journey, post.skb, Math.min(cut ?? 65535, mtuOf(ns, route)))
  const framed = resolveNextHop(journey, ns, route.device, nextHop, post.skb, { forwardedFrom: device })
  if ('ending' in framed) return framed.ending
  return { at: 'transmit', ns, device: route.device, skb: framed.skb }
}

function mtuOf(ns: PreparedNamespace, route: Forwarded): number {
  return route.route.mtu ?? ns.index.interfaces.get(route.device)?.mtu ?? 65535
}

/** The checks that come before FORWARD: a rule there cannot save the sender from the error (linux:net/ipv4/ip_forward.c). */
function refuseToForward(
  journey: Journey,
  ns: PreparedNamespace,
  skb: Skb,
  { inDevice, route, cut }: { readonly inDevice: string; readonly route: Forwarded; readonly cut: number | null },
): Ending | null {
  const { packet } = skb
  if (packet.ttl <= 1) {
    const why = `The TTL is ${packet.ttl}, so ${ns.netns.name} may not forward the packet.`
    addStep(journey.log, { kind: 'drop', reason: 'TTL_EXCEEDED', why })
    return end(
      'ttl-exceeded',
      why,
      answerError(ns, skb, 'ttl-exceeded', { inDevice }, 'The sender is told that the TTL ran out.'),
    )
  }
  const confined = refuseLinkLocal(journey, ns, skb, { inDevice, outDevice: route.device })
  if (confined !== null) return confined
  const mtu = mtuOf(ns, route)
  if (packet.length <= mtu) return null
  if (packet.family === 4 ? !packet.dontFragment : !isTooBig6(journey.log, packet.length, cut, mtu)) return null
  const why = `${packet.length} bytes do not fit the MTU of ${mtu} on ${route.device}, and the packet may not be fragmented.`
  addStep(journey.log, { kind: 'drop', reason: 'PKT_TOO_BIG', why })
  return end('too-big', why, answerError(ns, skb, 'too-big', { inDevice }, `The sender is told the MTU, ${mtu}.`, mtu))
}
