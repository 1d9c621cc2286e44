import { diffPackets } from '../net/diff-packet.ts'
import type { Skb } from '../netfilter/hook.ts'
import type { Evidence } from '../trace/evidence.ts'
import { askNeighbor } from './ask-neighbor.ts'
import { answerError } from './answer-error.ts'
import { addStep } from './hop-log.ts'
import { type Ending, end, type Journey } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

const NO_MAC = '00:00:00:00:00:00'

const OUTSIDE: Evidence = { basis: 'assumed', note: 'a machine outside this host' }

/**
 * The packet with its link-layer addresses, or the ending that a silent neighbour makes. `connected` tells whether the kernel
 * was sure of the neighbour before (linux:include/net/neighbour.h NUD_CONNECTED).
 */
export type NextHopResult = { readonly skb: Skb; readonly connected: boolean } | { readonly ending: Ending }

/**
 * Finds the MAC of the next hop and returns the packet with both link-layer addresses written. Loopback has none. Where
 * nobody answers, the sender is told after some three seconds: an error to its program when it is local, else ICMP
 * host unreachable about the packet as it then looks, translated source included. For a bridged frame only where it was
 * addressed to the bridge itself: icmp_send wants PACKET_HOST, which br_handle_frame makes of no other. A bridged
 * frame keeps its source MAC (linux:net/bridge/br_netfilter_hooks.c br_nf_pre_routing_finish_bridge).
 */
export function resolveNextHop(
  journey: Journey,
  ns: PreparedNamespace,
  deviceName: string,
  nextHop: string,
  skb: Skb,
  sender: 'local' | 'bridged' | { readonly forwardedFrom: string },
): NextHopResult {
  const device = ns.index.interfaces.get(deviceName)
  if (device?.kind === 'loopback')
    return { skb: { ...skb, packet: { ...skb.packet, sourceMac: NO_MAC, destinationMac: NO_MAC } }, connected: true }
  const found = askNeighbor(journey.world, ns, deviceName, nextHop, skb.packet)
  if (found.answers === 'unknown') {
    addStep(journey.log, { kind: 'unknown', what: found.why, why: 'Nobody in sight answers for the next hop.' })
    return { ending: end('cannot-tell', `Cannot tell ${found.why}.`) }
  }
  if (found.answers === 'no') {
    const { state, why } = found
    addStep(journey.log, { kind: 'neighbor', address: nextHop, device: deviceName, mac: null, state, why })
    const reason = `Nobody answers for ${nextHop} on ${deviceName} of ${ns.netns.name}.`
    const from = typeof sender === 'string' ? null : { inDevice: sender.forwardedFrom }
    const answer =
      sender === 'bridged' && skb.packet.destinationMac !== device?.mac
        ? null
        : answerError(ns, skb, 'host-unreachable', from, `${nextHop} did not answer, so the sender is told.`)
    return { ending: end('neighbor-unreachable', reason, answer) }
  }
  const sourceMac = sender === 'bridged' ? skb.packet.sourceMac : (device?.mac ?? null)
  const packet = { ...skb.packet, sourceMac, destinationMac: found.mac }
  addStep(journey.log, {
    kind: 'neighbor',
    address: nextHop,
    device: deviceName,
    mac: found.mac,
    state: found.state,
    diff: diffPackets(skb.packet, packet),
    why: found.why,
    evidence: found.assumed ? OUTSIDE : journey.log.evidence,
  })
  return { skb: { ...skb, packet }, connected: found.connected }
}
