import { findAddressType } from '../forward/find-address-type.ts'
import { evaluateHook } from '../netfilter/evaluate-hook.ts'
import type { HookCall, HookOutcome, Skb } from '../netfilter/hook.ts'
import type { Packet } from '../net/packet.ts'
import { answerError, attachRelated } from './answer-error.ts'
import { piecesOf } from './fragments.ts'
import { addStep, addSteps } from './hop-log.ts'
import { defaultTtl, isEchoRequest, makeReset, REJECT_TROUBLES } from './make-packet.ts'
import { type Answer, type Ending, end, type Journey } from './place.ts'
import { findGap, type PreparedNamespace } from './prepare-host.ts'
import { contextOf } from './world.ts'

/** A visit to a hook: what is not said is null, as it is for most packets. */
export type HookVisit = Pick<HookCall, 'hook' | 'skb'> & Partial<HookCall>

/** The packet went on, or ended there. */
export type HookResult =
  | { readonly passed: true; readonly skb: Skb }
  | { readonly passed: false; readonly ending: Ending }

/** Parts of a namespace without which its rules cannot be judged. */
const RULE_PARTS = ['iptables', 'ip6tables', 'nft', 'rulesets', 'namespace'] as const

/**
 * Runs one netfilter hook, writes its steps to the journey and returns the packet as it left, or the ending that the hook
 * made: dropped, rejected (with the answer that REJECT sends) or cannot tell.
 */
export function runHook(journey: Journey, ns: PreparedNamespace, visit: HookVisit): HookResult {
  const gap = findGap(ns, RULE_PARTS)
  if (gap !== null && (ns.netns.rulesets.iptables === null || gap.what === 'namespace')) {
    const what = `the rules of ${ns.netns.name} could not be read (${gap.what}: ${gap.why})`
    addStep(journey.log, { kind: 'unknown', what, why: `Its ${visit.hook} rules decide here, and they are not known.` })
    return { passed: false, ending: end('cannot-tell', `Cannot tell: ${what}.`) }
  }
  const pieces = piecesOf(journey.log, visit.skb.packet)
  if (pieces === null)
    return refusePieces(journey, `what the rules of ${ns.netns.name} make of a packet in so many fragments`)
  return pieces.length > 1 ? judgePieces(journey, ns, visit, pieces) : judgeWhole(journey, ns, visit)
}

/**
 * Runs a hook for each fragment of a packet that nobody has put together, as the kernel does. What becomes of a packet whose
 * fragments fare differently is not followed.
 */
function judgePieces(journey: Journey, ns: PreparedNamespace, visit: HookVisit, pieces: readonly Packet[]): HookResult {
  const results = pieces.map((packet) => judgeWhole(journey, ns, { ...visit, skb: { ...visit.skb, packet } }))
  const [first] = results
  if (first === undefined) throw new Error('a packet without a piece')
  // Of IPv4 only a first fragment is answered (linux:net/ipv4/icmp.c icmp_send); of IPv6 perhaps each.
  const answered = !first.passed && first.ending.answer !== null && visit.skb.packet.family === 6
  if (answered || results.some((result) => fate(result) !== fate(first)))
    return refusePieces(
      journey,
      `the way of a packet whose fragments fare differently with the rules of ${ns.netns.name}`,
    )
  if (!first.passed) return first
  return { passed: true, skb: { ...first.skb, packet: { ...first.skb.packet, length: visit.skb.packet.length } } }
}

/** All in which fragments may differ after a hook. */
function fate(result: HookResult): string {
  if (!result.passed) return result.ending.disposition
  const { packet, mark } = result.skb
  return `${packet.src} ${packet.dst} ${packet.ttl} ${packet.tos ?? 0} ${mark}`
}

function refusePieces(journey: Journey, what: string): HookResult {
  addStep(journey.log, {
    kind: 'unknown',
    what,
    why: 'Rules see each fragment alone where connections are not tracked.',
  })
  return { passed: false, ending: end('cannot-tell', `Cannot tell: ${what}.`) }
}

function judgeWhole(journey: Journey, ns: PreparedNamespace, visit: HookVisit): HookResult {
  const call = callOf(visit)
  const outcome = evaluateHook(contextOf(journey.world, ns), call, journey.world.options)
  addSteps(journey.log, outcome.steps)
  switch (outcome.verdict) {
    case 'accept':
      return { passed: true, skb: outcome.skb }
    case 'drop':
      return { passed: false, ending: end('dropped', outcome.reason) }
    case 'cannot-tell':
      return { passed: false, ending: end('cannot-tell', outcome.reason) }
    case 'reject':
      return { passed: false, ending: end('rejected', outcome.reason, answerReject(ns, call, outcome)) }
    default:
      return outcome.verdict satisfies never
  }
}

function callOf(visit: HookVisit): HookCall {
  return {
    hook: visit.hook,
    skb: visit.skb,
    inDevice: visit.inDevice ?? null,
    outDevice: visit.outDevice ?? null,
    physIn: visit.physIn ?? null,
    physOut: visit.physOut ?? null,
    nextHop: visit.nextHop ?? null,
    packetType: visit.packetType ?? 'unicast',
    ...(visit.hasWay === undefined ? {} : { hasWay: visit.hasWay }),
  }
}

/**
 * Returns what REJECT sends. A reset takes the destination's place; where br_netfilter remembers a bridge port, also for a
 * packet that has gone up to the host, it leaves straight by that port, below the IP hooks (linux:net/ipv4/netfilter/nf_reject_ipv4.c nf_send_reset). An ICMP
 * error comes from the packet's destination where that is local, else from the address of the way back. None is sent about ICMP that
 * the kernel itself is just sending: it has one ICMP socket for each processor, which is in use (net/ipv4/icmp.c icmp_xmit_lock).
 */
function answerReject(ns: PreparedNamespace, call: HookCall, outcome: HookOutcome): Answer | null {
  const { skb } = outcome
  const { packet } = skb
  const how = outcome.reject?.with ?? 'icmp-port-unreachable'
  const ttl = defaultTtl(ns.netns, packet.family)
  if (how === 'tcp-reset') {
    if (packet.protocol !== 'tcp' || packet.tcpFlags?.includes('rst') === true) return null
    const macs = { sourceMac: packet.destinationMac, destinationMac: packet.sourceMac }
    const reset = { packet: makeReset(packet, ttl), mark: 0, conntrack: attachRelated(skb.conntrack) }
    const why = `REJECT answers with a TCP reset in the name of ${packet.dst}.`
    if (call.physIn !== null)
      return { kind: 'inject', ns, device: call.physIn, skb: { ...reset, packet: { ...reset.packet, ...macs } }, why }
    return { kind: 'local', ns, skb: reset, bound: true, by: 'kernel', assumed: false, why }
  }
  if (call.hook === 'output' && packet.icmp !== undefined && !isEchoRequest(packet)) return null
  const trouble = REJECT_TROUBLES[how] ?? 'port-unreachable'
  const local = call.physOut === null && findAddressType(ns.index, packet.family, packet.dst, null) === 'LOCAL'
  const from = local ? packet.dst : sourceOfReject(call)
  return answerError(ns, skb, trouble, from, `REJECT answers with ${how}.`)
}

/** What a bridge shows to rules has not come in by a device of the IP stack yet (linux:net/bridge/br_netfilter_ipv6.c). */
function sourceOfReject({ hook, inDevice, physIn, physOut }: HookCall): { readonly inDevice: string } | null {
  const routed = (hook === 'forward' && physOut === null) || (hook === 'prerouting' && physIn === null)
  return routed && inDevice !== null ? { inDevice } : null
}
