import { callsIptables } from '../forward/read-sysctl.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { addStep, dropUntold, type HopLog, openDevice } from './hop-log.ts'
import { leaveByPort } from './leave-by-port.ts'
import { type Ending, end, type Journey, type Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { showCopy } from './show-copy.ts'

/** A unicast frame that goes to every port because the bridge does not know its destination. */
export interface Flood {
  readonly bridge: Interface
  readonly ports: readonly Interface[]
  readonly skb: Skb
  readonly fromPort: Interface | null
  readonly cut: number | null
}

/**
 * Sends one copy out of each port; FORWARD and POSTROUTING see each copy. The copy that the addressed machine takes is
 * followed on and comes last; the others end at containers that are not addressed. Where no port leads to the
 * destination and some lead out of sight, the answer is cannot-tell.
 */
export function floodBridge(journey: Journey, ns: PreparedNamespace, flood: Flood): Place {
  const { bridge, ports, skb } = flood
  const target = ports.find((port) => macBehind(journey, port) === skb.packet.destinationMac)
  const others = ports.filter((port) => port !== target)
  if (target === undefined && others.some((port) => macBehind(journey, port) === null)) {
    const what = `the ports of ${bridge.name} that lead to machines or namespaces which were not read`
    addStep(journey.log, { kind: 'unknown', what, why: 'One of them may have the address, or none.' })
    return end('cannot-tell', `Cannot tell: ${what} may or may not have ${skb.packet.destinationMac}.`)
  }
  const followed = sendCopies(journey, ns, flood, target)
  if (followed !== null) return followed
  const why = `No port of ${bridge.name} leads to ${skb.packet.destinationMac}.`
  openDevice(journey.log, ns.netns.name, bridge, skb.packet)
  addStep(journey.log, { kind: 'drop', reason: 'OTHERHOST', why })
  return end('dropped', why)
}

/**
 * Judges the copies in the order of the ports, as the kernel does (linux:net/bridge/br_forward.c br_flood): the first one
 * begins the connection, so that nat is asked for no other. The first that nobody takes is told of in the hop of the flood,
 * each other one in one more hop of the bridge. Returns where the copy goes on that somebody takes, or null without one.
 */
function sendCopies(
  journey: Journey,
  ns: PreparedNamespace,
  flood: Flood,
  target: Interface | undefined,
): Place | null {
  const { log } = journey
  const { cut } = log
  const firstIgnored = flood.ports.find((port) => port !== target)
  let followed: { readonly place: Place; readonly own: HopLog['hops']; readonly cut: number | null } | null = null
  let refused: Ending | null = null
  for (const port of flood.ports) {
    const from = log.hops.length
    log.cut = cut
    const place = judgeCopy(journey, ns, flood, { port, opens: flood.ports.length > 1 && port !== firstIgnored })
    if (port === target) followed = { place, own: log.hops.splice(from), cut: log.cut }
    else if (place.at === 'transmit') showCopy(journey, ns, port, place.skb.packet)
    else if (place.at === 'end' && place.answer !== null) refused = place
  }
  if (followed !== null) {
    log.hops.push(...followed.own)
    log.cut = followed.cut
  }
  return refused === null ? (followed?.place ?? null) : toldAgain(journey, refused)
}

/** `opens`: in one more hop of the bridge, of which nothing stays where br_netfilter is off, so that no rule is asked. */
function judgeCopy(
  journey: Journey,
  ns: PreparedNamespace,
  flood: Flood,
  { port, opens }: { readonly port: Interface; readonly opens: boolean },
): Place {
  if (opens) openDevice(journey.log, ns.netns.name, flood.bridge, flood.skb.packet)
  const place = leaveFor(journey, ns, flood, port)
  if (opens) dropUntold(journey.log)
  return place
}

/** A rule that refuses a copy which nobody would take tells the sender all the same, once for each: that is not followed. */
function toldAgain(journey: Journey, { reason }: Ending): Ending {
  const what = 'what is told about each copy of a flooded frame that is refused'
  addStep(journey.log, { kind: 'unknown', what, why: reason })
  return end('cannot-tell', `Cannot tell: ${what}. ${reason}`)
}

/** The MAC of the device at the far end of a port, or null where that cannot be known. */
function macBehind(journey: Journey, port: Interface): string | null {
  if (port.peer === null) return null
  const far = journey.world.host.namespace(port.peer.namespace)?.index.interfaces.get(port.peer.device)
  return far?.mac ?? null
}

function leaveFor(journey: Journey, ns: PreparedNamespace, flood: Flood, port: Interface): Place {
  const { bridge, skb, fromPort } = flood
  if (fromPort === null) return { at: 'transmit', ns, device: port.name, skb }
  const filtered = callsIptables(ns.netns, skb.packet.family, bridge.bridge)
  return leaveByPort(journey, ns, { bridge, skb, fromPort, toPort: port, filtered, cut: flood.cut })
}
