import { forwardBridge } from '../forward/forward-bridge.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { descendStack, sendOnBond } from './descend-stack.ts'
import { dropHere, loseSight } from './end-here.ts'
import { isForSelf, isKnownOnWire, isWire } from './find-outlet.ts'
import { addFrame, addStep, openDevice, openHop } from './hop-log.ts'
import { largestPiece } from './fragments.ts'
import { floodBridge } from './flood-bridge.ts'
import { isIcmpError, makeIcmpError, makeReply, makeReset } from './make-packet.ts'
import { answersPacket } from './match-expectation.ts'
import { type Answer, type Ending, type Expectation, end, type Journey, type Place } from './place.ts'
import { learnedFdb } from './world.ts'
import { warnOfLastHop } from './warn-last-hop.ts'

type TransmitPlace = Extract<Place, { at: 'transmit' }>

/** Room that the receiving end of a link leaves beyond its MTU: a VLAN tag (linux:net/core/dev.c is_skb_forwardable). */
const VLAN_ROOM = 4

/** Hands a framed packet to a device and returns where it comes out: another namespace, a bridge's port, the world outside. */
export function transmitFrame(journey: Journey, place: TransmitPlace): Place {
  const device = place.ns.index.interfaces.get(place.device)
  if (device === undefined) return lost(journey, place, `device ${place.device} of ${place.ns.netns.name} was not read`)
  openDevice(journey.log, place.ns.netns.name, device, place.skb.packet)
  if (device.kind === 'loopback') return loopBack(journey, place)
  addFrame(journey.log, 'out', place.skb.packet)
  if (!device.up) return dropHere(journey, 'DEV_DOWN', `${device.name} is down.`)
  if (isWire(journey.world.host, place.ns, device) || isEntry(journey, place)) return leaveHost(journey, place, device)
  switch (device.kind) {
    case 'veth':
      return crossVeth(journey, place, device)
    case 'bridge':
      return sendOnBridge(journey, place, device)
    case 'dummy':
      return dropHere(journey, 'DUMMY', `${device.name} is a dummy device: it swallows everything.`)
    case 'macvlan':
    case 'ipvlan':
    case 'vlan':
      return descendStack(journey, place, device)
    case 'bond':
      return sendOnBond(journey, place, device)
    case 'physical':
    case 'vxlan':
    case 'tun':
    case 'other':
      return loseSight(
        journey,
        `${device.name} of ${place.ns.netns.name} is a ${device.kind} device, which is not modelled`,
      )
    default:
      return device.kind satisfies never
  }
}

function isEntry(journey: Journey, place: TransmitPlace): boolean {
  return journey.entry === `${place.ns.netns.id} ${place.device}`
}

function lost(journey: Journey, place: TransmitPlace, what: string): Ending {
  openHop(journey.log, place.ns.netns.name, null, 'stack', place.skb.packet)
  return loseSight(journey, what)
}

/**
 * What goes out of `lo` comes in again at once, with its connection and its route attached. tcpdump shows it once, as
 * incoming: libpcap leaves the outgoing copy out (linux_check_direction).
 */
function loopBack(journey: Journey, place: TransmitPlace): Place {
  const { device, skb } = place
  addStep(journey.log, { kind: 'exit', device, why: 'What is sent on the loopback device comes straight back.' })
  addFrame(journey.log, 'in', skb.packet)
  addStep(journey.log, { kind: 'enter', device, why: 'The same packet arrives on the loopback device.' })
  return { at: 'receive', ns: place.ns, device, skb, prerouted: false, port: null }
}

function crossVeth(journey: Journey, place: TransmitPlace, device: Interface): Place {
  addStep(journey.log, { kind: 'exit', device: device.name, why: `The frame leaves by ${device.name}.` })
  const { peer } = device
  if (peer === null) return loseSight(journey, `the other end of veth ${device.name} is in no namespace that was read`)
  const other = journey.world.host.namespace(peer.namespace)
  const far = other?.index.interfaces.get(peer.device)
  if (other === null || far === undefined)
    return loseSight(journey, `the namespace at the other end of veth ${device.name} was not read`)
  addStep(journey.log, {
    kind: 'cross',
    device: device.name,
    toNetns: other.netns.name,
    toDevice: far.name,
    why: `${device.name} and ${far.name} in ${other.netns.name} are the two ends of one veth pair.`,
  })
  if (!far.up) return dropHere(journey, 'DEV_DOWN', `${far.name} in ${other.netns.name} is down.`)
  if (largestPiece(journey.log, place.skb.packet.length) > far.mtu + VLAN_ROOM)
    return dropHere(
      journey,
      'PKT_TOO_BIG',
      `${place.skb.packet.length} bytes exceed the MTU of ${far.mtu} on ${far.name}.`,
    )
  const skb = { packet: place.skb.packet, mark: 0, conntrack: null }
  const arrived = { at: 'arrive', ns: other, device: far.name, skb } as const
  return place.tag === undefined ? arrived : { ...arrived, tag: place.tag }
}

/** The host sends on its own bridge device: no netfilter here, just the forwarding database. */
function sendOnBridge(journey: Journey, place: TransmitPlace, bridge: Interface): Place {
  const { ns, skb } = place
  if (place.tag !== undefined) return loseSight(journey, `${bridge.name} has a frame of VLAN ${place.tag} to send`)
  const mac = skb.packet.destinationMac ?? ''
  const decision = forwardBridge(
    ns.index,
    { bridge, fromPort: null, destinationMac: mac },
    learnedFdb(journey.world, ns),
  )
  if (decision.kind === 'flood') {
    addStep(journey.log, {
      kind: 'bridge',
      bridge: bridge.name,
      decision: 'flood',
      ports: decision.ports.map((port) => port.name),
      why: decision.why,
    })
    return floodBridge(journey, ns, { bridge, ports: decision.ports, skb, fromPort: null, cut: null })
  }
  if (decision.kind === 'forward') {
    addStep(journey.log, {
      kind: 'bridge',
      bridge: bridge.name,
      decision: 'forward',
      ports: [decision.port.name],
      why: decision.why,
    })
    return { at: 'transmit', ns, device: decision.port.name, skb }
  }
  addStep(journey.log, { kind: 'bridge', bridge: bridge.name, decision: 'drop', ports: [], why: decision.why })
  return end('dropped', decision.why)
}

/** Out by the NIC. What comes back is assumed: machines outside answer what they are asked. */
function leaveHost(journey: Journey, place: TransmitPlace, device: Interface): Ending {
  const { packet } = place.skb
  addStep(journey.log, { kind: 'exit', device: device.name, why: `The packet leaves the host by ${device.name}.` })
  openHop(journey.log, 'external', null, 'external', packet)
  const { expected } = journey
  if (expected !== null && expected.namespace === null) return comeHome(journey, place, expected, device)
  addStep(journey.log, {
    kind: 'enter',
    device: 'external',
    evidence: OUTSIDE,
    why: 'From here on machines outside decide, which Hopwire does not see.',
  })
  const reason = `The packet leaves ${place.ns.netns.name} by ${device.name} as ${packet.src} to ${packet.dst}.`
  return end('leaves-host', reason, expected === null ? answerFromOutside(journey, place, device) : null)
}

/** What machines outside send with, as Linux does, one hop away. */
const OUTSIDE_TTL = 64

const OUTSIDE = { basis: 'assumed', note: 'machines outside are not part of the host state' } as const

/** The answer is on the wire to the machine that asked, which takes only one that comes from where it asked. */
function comeHome(journey: Journey, place: TransmitPlace, expected: Expectation, device: Interface): Ending {
  const { packet } = place.skb
  const fits = answersPacket(expected.sent, packet)
  const why = fits
    ? `${expected.by} waits for this answer; it is on the wire of ${device.name}.`
    : `It leaves as ${packet.src} to ${packet.dst}, which is not the answer that ${expected.by} waits for: it will not take it.`
  if (!fits) journey.world.warnings.add(`The answer: ${why}`)
  // Whoever it is for puts its pieces together before a socket is looked for, and tells of the whole.
  journey.log.cut = null
  addStep(journey.log, { kind: 'enter', device: 'external', evidence: OUTSIDE, why })
  if (fits) return end('leaves-host', `The answer leaves by ${device.name} for ${expected.by}.`)
  return end('leaves-host', why, refuseOutside(place, device, expected))
}

/** What a machine outside makes of an answer that it did not ask for is what any kernel does: no socket is there for it. */
function refuseOutside(place: TransmitPlace, device: Interface, { sent, by }: Expectation): Answer | null {
  const { packet } = place.skb
  if (packet.dst !== sent.src || isIcmpError(packet)) return null
  const refusal =
    packet.protocol === 'udp'
      ? makeIcmpError(packet, 'port-unreachable', packet.dst, OUTSIDE_TTL)
      : packet.protocol === 'tcp' && packet.tcpFlags?.includes('rst') !== true
        ? makeReset(packet, OUTSIDE_TTL)
        : null
  if (refusal === null) return null
  const macs = { sourceMac: packet.destinationMac, destinationMac: packet.sourceMac ?? device.mac }
  const skb = { packet: { ...refusal, ...macs }, mark: 0, conntrack: null }
  const why = `Assumed: nothing of ${by} waits for an answer from ${packet.src}, so it is refused.`
  const answer = { kind: 'outside', ns: place.ns, device: device.name, skb, why } as const
  return place.tag === undefined ? answer : { ...answer, tag: place.tag }
}

function answerFromOutside(journey: Journey, place: TransmitPlace, device: Interface): Answer | null {
  const { packet } = place.skb
  if (isIcmpError(packet)) return null
  const { host, warnings } = journey.world
  const outlet = { ns: place.ns, device, tag: place.tag ?? null }
  if (!isKnownOnWire(host, outlet, packet.src)) {
    warnings.add(
      `The packet leaves with source ${packet.src}, which is no address of a NIC of ${place.ns.netns.name}: an answer comes back only if machines outside have a route to it, so none is predicted.`,
    )
    return null
  }
  if (isForSelf(host, outlet, packet.destinationMac)) {
    warnings.add(
      `The frame goes out by ${device.name} for ${packet.destinationMac}, which is on ${device.name} itself: a switch does not send it back, unless it reflects (802.1Qbg).`,
    )
    return null
  }
  const doubt = warnOfLastHop(journey.log, packet)
  if (doubt !== null) warnings.add(doubt)
  const reply = makeReply(packet, OUTSIDE_TTL, device.mtu)
  const framed: Skb = {
    packet: { ...reply, sourceMac: packet.destinationMac, destinationMac: packet.sourceMac ?? device.mac },
    mark: 0,
    conntrack: null,
  }
  const why = `Assumed: ${packet.dst} answers. The TTL is that of a machine one hop away.`
  const answer = { kind: 'outside', ns: place.ns, device: device.name, skb: framed, why } as const
  return place.tag === undefined ? answer : { ...answer, tag: place.tag }
}
