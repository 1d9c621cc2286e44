import { hasAddress, siblingsOf } from '../forward/index-stacked.ts'
import type { Interface } from '../host/interface.ts'
import { dropHere, loseSight } from './end-here.ts'
import { largestPiece } from './fragments.ts'
import { addStep, openHop } from './hop-log.ts'
import type { Journey, Place } from './place.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'
import { choosePort } from './find-outlet.ts'

type TransmitPlace = Extract<Place, { at: 'transmit' }>

/** A device and its namespace. */
export interface Seat {
  readonly ns: PreparedNamespace
  readonly device: Interface
}

/** Room that the receiving end of a link leaves beyond its MTU: a VLAN tag (linux:net/core/dev.c is_skb_forwardable). */
const VLAN_ROOM = 4

/** Returns the device that another one sits on, or null where that was not found. */
export function parentOf(host: PreparedHost, device: Interface): Seat | null {
  if (device.parent === undefined) return null
  const ns = host.namespace(device.parent.namespace)
  const parent = ns?.index.interfaces.get(device.parent.device)
  return ns === null || parent === undefined ? null : { ns, device: parent }
}

/** Hands a frame that leaves by a macvlan, ipvlan or vlan device to the one that it sits on, or to another one there. */
export function descendStack(journey: Journey, place: TransmitPlace, device: Interface): Place {
  const parent = parentOf(journey.world.host, device)
  if (parent === null)
    return loseSight(journey, `the device that ${device.name} of ${place.ns.netns.name} sits on was not read`)
  addStep(journey.log, { kind: 'exit', device: device.name, why: `The frame leaves by ${device.name}.` })
  if (device.kind === 'vlan') return tagFrame(journey, place, device, parent)
  if (place.tag !== undefined && device.kind === 'ipvlan')
    return loseSight(journey, `${device.name} is an ipvlan device, and the frame is of VLAN ${place.tag}`)
  return device.kind === 'macvlan'
    ? sendMacvlan(journey, place, device, parent)
    : sendIpvlan(journey, place, device, parent)
}

function tagFrame(journey: Journey, place: TransmitPlace, device: Interface, parent: Seat): Place {
  if (place.tag !== undefined || device.vlanId === undefined)
    return loseSight(journey, `${device.name} puts a VLAN tag on a frame that has one, or its VLAN was not read`)
  const why = `${device.name} puts the tag of VLAN ${device.vlanId} on the frame and hands it to ${parent.device.name}.`
  addStep(journey.log, { kind: 'encapsulate', device: device.name, protocol: `802.1Q VLAN ${device.vlanId}`, why })
  return {
    at: 'transmit',
    ns: parent.ns,
    device: parent.device.name,
    skb: place.skb,
    tag: device.vlanId,
  }
}

function crossTo(journey: Journey, from: Interface, to: Seat, why: string): void {
  const { name } = to.device
  addStep(journey.log, { kind: 'cross', device: from.name, toNetns: to.ns.netns.name, toDevice: name, why })
}

function toWire(journey: Journey, place: TransmitPlace, device: Interface, parent: Seat): Place {
  const why = `${device.name} is a ${device.kind} device on ${parent.device.name} of ${parent.ns.netns.name}, which sends the frame; its own stack does not get it.`
  crossTo(journey, device, parent, why)
  const sent = { at: 'transmit', ns: parent.ns, device: parent.device.name, skb: place.skb } as const
  return place.tag === undefined ? sent : { ...sent, tag: place.tag }
}

/** A frame handed over within the driver comes in anew: no mark, no connection (linux:net/core/dev.c dev_forward_skb). */
function handOver(journey: Journey, place: TransmitPlace, to: Seat): Place {
  const { packet } = place.skb
  const { device, ns } = to
  if (!device.up) return dropHere(journey, 'DEV_DOWN', `${device.name} in ${ns.netns.name} is down.`)
  if (largestPiece(journey.log, packet.length) > device.mtu + VLAN_ROOM)
    return dropHere(journey, 'PKT_TOO_BIG', `${packet.length} bytes exceed the MTU of ${device.mtu} on ${device.name}.`)
  const arrived = { at: 'arrive', ns, device: device.name, skb: { packet, mark: 0, conntrack: null } } as const
  return place.tag === undefined ? arrived : { ...arrived, tag: place.tag }
}

/**
 * In mode bridge a frame for another one of that mode comes in on the parent again, where taps see it, and which hands it on;
 * everything else goes out of the parent (linux:drivers/net/macvlan.c macvlan_queue_xmit).
 */
function sendMacvlan(journey: Journey, place: TransmitPlace, device: Interface, parent: Seat): Place {
  const { destinationMac } = place.skb.packet
  const sibling =
    device.mode === 'bridge'
      ? siblingsOf(journey.world.host.stacked, place.ns.netns.id, device).find(
          (each) => each.device.mode === 'bridge' && each.device.mac === destinationMac,
        )
      : undefined
  if (sibling === undefined) return toWire(journey, place, device, parent)
  const why = `${destinationMac} is another macvlan device in bridge mode on ${parent.device.name}: the frame does not go out on the wire but comes in on ${parent.device.name}, for its taps, and is handed on.`
  crossTo(journey, device, parent, why)
  return handOver(journey, place, parent)
}

/**
 * Mode l2 hands frames for its own MAC, which all devices on the parent have, to the one with the IP address, else up the
 * parent's stack. Modes l3 and l3s take the link layer off and have the parent's namespace send the packet
 * (linux:drivers/net/ipvlan/ipvlan_core.c ipvlan_xmit_mode_l2, ipvlan_xmit_mode_l3).
 */
function sendIpvlan(journey: Journey, place: TransmitPlace, device: Interface, parent: Seat): Place {
  const { packet } = place.skb
  const l2 = device.mode === 'l2'
  if (l2 && (device.apart === 'vepa' || packet.destinationMac !== device.mac))
    return toWire(journey, place, device, parent)
  const sibling = device.apart === 'vepa' ? null : findSibling(journey, place, device)
  if (sibling !== null) {
    if (device.apart === 'private')
      return dropHere(
        journey,
        'IPVLAN_PRIVATE',
        `${device.name} is private: it does not talk to ${packet.dst} beside it.`,
      )
    crossTo(journey, device, sibling, `${packet.dst} is beside it on ${parent.device.name}: the driver hands it over.`)
    return handOver(journey, place, sibling)
  }
  if (!l2) return sendRouted(journey, place, device, parent)
  crossTo(journey, device, parent, `The frame is for ${parent.device.name} itself: the driver hands it over.`)
  return handOver(journey, place, parent)
}

function findSibling(journey: Journey, place: TransmitPlace, device: Interface): Seat | null {
  const { host } = journey.world
  const all = siblingsOf(host.stacked, place.ns.netns.id, device)
  const found = all.find((each) => each.device.kind === 'ipvlan' && hasAddress(each.device, place.skb.packet.dst))
  const ns = found === undefined ? null : host.namespace(found.netns)
  return found === undefined || ns === null ? null : { ns, device: found.device }
}

/** The parent's namespace sends it as its own: OUTPUT, POSTROUTING, its routes out of the parent, its neighbours. */
function sendRouted(journey: Journey, place: TransmitPlace, device: Interface, parent: Seat): Place {
  const why = `${device.name} is an ipvlan device in mode ${device.mode}: ${parent.ns.netns.name} routes what it sends, out of ${parent.device.name}.`
  crossTo(journey, device, parent, why)
  const packet = { ...place.skb.packet, sourceMac: null, destinationMac: null }
  openHop(journey.log, parent.ns.netns.name, null, 'stack', packet)
  const skb = { packet, mark: 0, conntrack: null }
  return { at: 'send', ns: parent.ns, skb, bound: true, link: parent.device.name, lent: true }
}

/** A bond sends by one of its ports. Which one, its mode tells, or a hash of the headers, for which the first stands in. */
export function sendOnBond(journey: Journey, place: TransmitPlace, bond: Interface): Place {
  const port = choosePort(place.ns, bond)
  if (port === null) return dropHere(journey, 'DEV_DOWN', `${bond.name} has no port that is up.`)
  const assumed = !port.certain
  const why = assumed
    ? `${bond.name} (${bond.mode ?? 'mode unknown'}) spreads packets over its ports; assumed: ${port.device.name}.`
    : `${bond.name} sends by ${port.device.name}.`
  const step = { kind: 'exit', device: bond.name, why } as const
  addStep(
    journey.log,
    assumed ? { ...step, evidence: { basis: 'assumed', note: 'the port that a bond chooses by a hash' } } : step,
  )
  const sent = { at: 'transmit', ns: place.ns, device: port.device.name, skb: place.skb } as const
  return place.tag === undefined ? sent : { ...sent, tag: place.tag }
}
