import { callsIptables } from '../forward/read-sysctl.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { addFrame, addStep, openDevice } from './hop-log.ts'
import { leaveByPort } from './leave-by-port.ts'
import { end, type Journey, type Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'

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
  for (const port of others) sendCopy(journey, ns, flood, port)
  if (target === undefined) {
    const why = `No port of ${bridge.name} leads to ${skb.packet.destinationMac}.`
    openDevice(journey.log, ns.netns.name, bridge, skb.packet)
    addStep(journey.log, { kind: 'drop', reason: 'OTHERHOST', why })
    return end('dropped', why)
  }
  if (others.length > 0) openDevice(journey.log, ns.netns.name, bridge, skb.packet)
  return leaveFor(journey, ns, flood, target)
}

/** The MAC of the device at the far end of a port, or null where that cannot be known. */
function macBehind(journey: Journey, port: Interface): string | null {
  if (port.peer === null) return null
  const far = journey.world.host.namespace(port.peer.namespace)?.index.interfaces.get(port.peer.device)
  return far?.mac ?? null
}

function leaveFor(journey: Journey, ns: PreparedNamespace, flood: Flood, port: Interface): Place {
  const { bridge, skb, fromPort } = flood
  if (fromPort === null) {
    addStep(journey.log, { kind: 'exit', device: bridge.name, why: `The copy for ${port.name}.` })
    return { at: 'transmit', ns, device: port.name, skb }
  }
  const filtered = callsIptables(ns.netns, skb.packet.family, bridge.bridge)
  return leaveByPort(journey, ns, { bridge, skb, fromPort, toPort: port, filtered, cut: flood.cut })
}

function sendCopy(journey: Journey, ns: PreparedNamespace, flood: Flood, port: Interface): void {
  const place = leaveFor(journey, ns, flood, port)
  if (place.at !== 'transmit') return
  openDevice(journey.log, ns.netns.name, port, place.skb.packet)
  addFrame(journey.log, 'out', place.skb.packet)
  addStep(journey.log, {
    kind: 'exit',
    device: port.name,
    why: 'A flooded copy: the far end is not the one addressed.',
  })
  const far = port.peer === null ? null : journey.world.host.namespace(port.peer.namespace)
  const device = far?.index.interfaces.get(port.peer?.device ?? '')
  if (far === null || far === undefined || device === undefined) return
  openDevice(journey.log, far.netns.name, device, place.skb.packet)
  addFrame(journey.log, 'in', place.skb.packet)
  const why = `The frame is for ${place.skb.packet.destinationMac}, not for ${device.mac}: this copy is ignored.`
  addStep(journey.log, { kind: 'drop', reason: 'OTHERHOST', why })
}
