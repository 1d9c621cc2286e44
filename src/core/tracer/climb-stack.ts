import { findTaker, hasAddress, type Stacked, stackedOn } from '../forward/index-stacked.ts'
import { isGroupMac } from '../forward/forward-bridge.ts'
import type { Interface } from '../host/interface.ts'
import type { Skb } from '../netfilter/hook.ts'
import { deliverPacket } from './deliver-packet.ts'
import { dropHere, loseSight } from './end-here.ts'
import { addStep, openHop } from './hop-log.ts'
import type { Journey, Place } from './place.ts'
import type { PreparedNamespace } from './prepare-host.ts'
import { runHook } from './run-hook.ts'

type ArrivePlace = Extract<Place, { at: 'arrive' }>
type ReceivePlace = Extract<Place, { at: 'receive' }>

/**
 * Hands a frame that came in on a device to the device on it that claims it, or returns null where it stays: first the VLAN
 * of its tag, then the bond that the device belongs to, then macvlan and ipvlan. None of them shows it to the rules of the
 * parent's namespace (linux:net/core/dev.c __netif_receive_skb_core, net/8021q/vlan_core.c vlan_do_receive).
 */
export function climbStack(journey: Journey, place: ArrivePlace, device: Interface): Place | null {
  const { ns, tag, skb } = place
  const children = stackedOn(journey.world.host.stacked, ns.netns.id, device.name)
  const vlan = tag === undefined ? undefined : children.find((child) => child.device.vlanId === tag)
  if (vlan !== undefined) return enterChild(journey, place, vlan, `The frame bears the tag of VLAN ${tag}.`)
  const master = device.master === null ? undefined : ns.index.interfaces.get(device.master)
  if (master?.kind === 'bond') return enterBond(journey, place, device, master)
  if (children.some((child) => child.device.mode === 'source'))
    return loseSight(journey, `${device.name} has a macvlan device in source mode, which is not modelled`)
  const { destinationMac, dst } = skb.packet
  const group = destinationMac !== null && isGroupMac(destinationMac)
  const taker = group ? null : findTaker(children, { destinationMac, dst })
  if (taker !== null) return enterChild(journey, place, taker, whyTaken(taker.device, skb))
  if (tag === undefined) return null
  if (master !== undefined) return loseSight(journey, `${device.name} hands ${master.name} a frame of VLAN ${tag}`)
  return dropHere(journey, 'OTHERHOST', `${device.name} has no device for VLAN ${tag}.`)
}

function whyTaken(device: Interface, { packet }: Skb): string {
  if (device.mode === 'passthru') return `${device.name} has all frames of its parent (macvlan, passthru).`
  if (device.kind === 'ipvlan') return `${packet.dst} is an address of ${device.name} (ipvlan, ${device.mode}).`
  return `${packet.destinationMac} is the MAC of ${device.name} (macvlan).`
}

function enterChild(journey: Journey, place: ArrivePlace, { netns, device }: Stacked, claim: string): Place {
  const child = journey.world.host.namespace(netns)
  if (child === null) throw new Error(`${device.name} is in namespace ${netns}, which is not there`)
  const toNetns = child.netns.name
  if (device.kind === 'vlan')
    addStep(journey.log, {
      kind: 'decapsulate',
      device: place.device,
      protocol: `802.1Q VLAN ${place.tag}`,
      why: claim,
    })
  const why = `${claim} It gets the frame; no rule of ${place.ns.netns.name} sees it here.`
  addStep(journey.log, { kind: 'cross', device: place.device, toNetns, toDevice: device.name, why })
  if (!device.up) return dropHere(journey, 'DEV_DOWN', `${device.name} in ${toNetns} is down.`)
  const skb = { packet: place.skb.packet, mark: 0, conntrack: null }
  const arrived = { at: 'arrive', ns: child, device: device.name, skb } as const
  return place.tag === undefined || device.kind === 'vlan' ? arrived : { ...arrived, tag: place.tag }
}

/** Hands a frame from a bond's port to the bond. A backup port of a bond hears, but what comes in there is not taken (linux:drivers/net/bonding/bond_main.c bond_handle_frame). */
export function enterBond(journey: Journey, place: ArrivePlace, port: Interface, bond: Interface): Place {
  const { ns, skb, tag } = place
  if (bond.mode === 'active-backup' && bond.activeSlave !== undefined && bond.activeSlave !== port.name)
    return dropHere(journey, 'BOND_INACTIVE', `${port.name} is a backup port of ${bond.name}: it takes nothing.`)
  const why = `${port.name} belongs to ${bond.name}.`
  addStep(journey.log, { kind: 'cross', device: port.name, toNetns: ns.netns.name, toDevice: bond.name, why })
  const arrived = { at: 'arrive', ns, device: bond.name, skb } as const
  return tag === undefined ? arrived : { ...arrived, tag }
}

/**
 * ipvlan in mode l3s lets a packet for one of its devices go through PREROUTING and INPUT of the parent's namespace, and then
 * hands it straight to the sockets of the device's own: its taps and rules never see it. Returns null where no such device
 * has the address (linux:drivers/net/ipvlan/ipvlan_l3s.c ipvlan_l3_rcv, ipvlan_nf_input).
 */
export function takeForL3s(journey: Journey, place: ReceivePlace, skb: Skb): Place | null {
  const { stacked } = journey.world.host
  if (stacked.size === 0) return null
  const taker = stackedOn(stacked, place.ns.netns.id, place.device).find(
    ({ device }) => device.kind === 'ipvlan' && device.mode === 'l3s' && hasAddress(device, skb.packet.dst),
  )
  const child = taker === undefined ? null : journey.world.host.namespace(taker.netns)
  if (taker === undefined || child === null) return null
  journey.log.cut = null
  const input = runHook(journey, place.ns, { hook: 'input', skb, inDevice: place.device, physIn: place.port })
  if (!input.passed) return input.ending
  return deliverInside(journey, place, { ns: child, device: taker.device }, input.skb)
}

interface Inside {
  readonly ns: PreparedNamespace
  readonly device: Interface
}

function deliverInside(journey: Journey, place: ReceivePlace, { ns, device }: Inside, skb: Skb): Place {
  const why = `${skb.packet.dst} is an address of ${device.name} in ${ns.netns.name} (ipvlan, l3s): past INPUT it is handed straight to the sockets there.`
  addStep(journey.log, { kind: 'cross', device: place.device, toNetns: ns.netns.name, toDevice: device.name, why })
  openHop(journey.log, ns.netns.name, null, 'stack', skb.packet)
  return deliverPacket(journey, ns, device.name, { ...skb, conntrack: null })
}
