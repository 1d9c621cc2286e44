import { hasAddress, hearsBroadcasts, type Stacked, stackedOn } from '../forward/index-stacked.ts'
import type { Interface } from '../host/interface.ts'
import { textPrefixContains } from '../net/prefix.ts'
import { isEdge } from './hop-log.ts'
import type { PreparedHost, PreparedNamespace } from './prepare-host.ts'

/** The wire that a device's frames go out on: an edge device, and the VLAN that they are in there. */
export interface Outlet {
  readonly ns: PreparedNamespace
  readonly device: Interface
  readonly tag: number | null
}

/** Parents of parents: more than any host has. */
const DEEPEST = 8

/**
 * Tells whether a device leads to machines outside. A veth whose other end was not read does so where it is the host's own
 * (a host that is itself a container); a container's leads to somewhere on the host, as into the hidden namespace of an overlay.
 */
export function isWire(host: PreparedHost, ns: PreparedNamespace, device: Interface): boolean {
  return isEdge(device) && (device.kind === 'physical' || ns === host.root)
}

/** Returns the wire to machines outside below a device that may be stacked or bonded, or null where none is. */
export function findOutlet(host: PreparedHost, ns: PreparedNamespace, device: Interface): Outlet | null {
  let at = { ns, device }
  let tag: number | null = null
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    if (isWire(host, at.ns, at.device)) return { ...at, tag }
    if (at.device.kind === 'bond') {
      const port = choosePort(at.ns, at.device)
      if (port === null) return null
      at = { ns: at.ns, device: port.device }
      continue
    }
    const { parent, vlanId } = at.device
    if (vlanId !== undefined) {
      if (tag !== null) return null
      tag = vlanId
    }
    const below = parent === undefined ? null : host.namespace(parent.namespace)
    const next = below?.index.interfaces.get(parent?.device ?? '')
    if (below === null || next === undefined) return null
    at = { ns: below, device: next }
  }
  return null
}

/** Returns the port that a bond sends by, `certain` where it is the only one in question; null when none is up. */
export function choosePort(
  ns: PreparedNamespace,
  bond: Interface,
): { readonly device: Interface; readonly certain: boolean } | null {
  const ports = (ns.index.ports.get(bond.name) ?? []).filter((port) => port.up && port.carrier)
  const active = ports.find((port) => port.name === bond.activeSlave)
  if (active !== undefined) return { device: active, certain: true }
  const first = ports.toSorted((left, right) => left.index - right.index)[0]
  return first === undefined ? null : { device: first, certain: ports.length === 1 }
}

/** Returns the devices of this host that are on a wire themselves: those on its edge device, and on that one's VLAN devices. */
function listOnWire(host: PreparedHost, outlet: Outlet): readonly Stacked[] {
  const { ns, device } = outlet
  const bond = device.master === null ? undefined : ns.index.interfaces.get(device.master)
  const base = bond?.kind === 'bond' ? bond : device
  const children = stackedOn(host.stacked, ns.netns.id, base.name)
  if (outlet.tag === null) return [{ netns: ns.netns.id, device: base }, ...children.filter(isUntagged)]
  const vlans = children.filter((child) => child.device.vlanId === outlet.tag)
  return vlans.flatMap((vlan) => [vlan, ...stackedOn(host.stacked, vlan.netns, vlan.device.name).filter(isUntagged)])
}

function isUntagged({ device }: Stacked): boolean {
  return device.kind !== 'vlan'
}

/** Returns the device on a wire, of this host, that has an address; null for one that lies outside. */
export function findOnWire(host: PreparedHost, outlet: Outlet, address: string): Stacked | null {
  if (host.stacked.size === 0) return null
  return listOnWire(host, outlet).find(({ device }) => hasAddress(device, address)) ?? null
}

/** Returns the MAC that machines on a wire send packets for an address to: that of the device that answers for it, else the NIC's. */
export function findWireMac(host: PreparedHost, outlet: Outlet, address: string): string | null {
  const owner = findOnWire(host, outlet, address)
  return owner !== null && hearsBroadcasts(owner.device) ? owner.device.mac : outlet.device.mac
}

/**
 * Returns the device of this host that has an address but answers no ARP for it (ipvlan in modes l3 and l3s), where a machine on
 * the wire must ask for it: both are in the subnet of the device below. Null where nobody asks, or somebody answers.
 */
export function findMute(
  host: PreparedHost,
  outlet: Outlet,
  ends: { readonly src: string; readonly dst: string },
): Interface | null {
  const owner = findOnWire(host, outlet, ends.dst)
  if (owner === null || owner.device.kind !== 'ipvlan' || hearsBroadcasts(owner.device)) return null
  const onLink = listOnWire(host, outlet).some(
    ({ device }) =>
      device.kind !== 'ipvlan' &&
      device.addresses.some(({ address, prefixLength }) =>
        [ends.src, ends.dst].every((end) => textPrefixContains(`${address}/${prefixLength}`, end)),
      ),
  )
  return onLink ? owner.device : null
}

/** Tells whether machines outside can answer to a source: somebody on the wire answers when they ask for it. */
export function isKnownOnWire(host: PreparedHost, outlet: Outlet, source: string): boolean {
  const owner = outlet.ns.index.interfaces.get(outlet.ns.index.addresses.get(source) ?? '')
  if (owner !== undefined && (isWire(host, outlet.ns, owner) || findOutlet(host, outlet.ns, owner) !== null))
    return true
  const stacked = findOnWire(host, outlet, source)
  return stacked !== null && (hearsBroadcasts(stacked.device) || stacked.device.kind === 'vlan')
}

/** Tells whether a frame that goes out on a wire is for a device which is on that wire itself: no switch sends it back. */
export function isForSelf(host: PreparedHost, outlet: Outlet, destinationMac: string | null): boolean {
  if (host.stacked.size === 0 || destinationMac === null) return false
  return listOnWire(host, outlet).some(({ device }) => device.mac === destinationMac)
}

/** Returns the device that takes all frames of a wire's NIC (macvlan in mode passthru), or null. */
export function findPassthru(host: PreparedHost, outlet: Outlet): Interface | null {
  if (host.stacked.size === 0) return null
  const found = listOnWire(host, outlet).find(({ device }) => device.mode === 'passthru' && device.up)
  return found?.device ?? null
}
