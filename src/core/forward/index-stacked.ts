import type { Interface, PeerRef } from '../host/interface.ts'
import type { NetNamespace } from '../host/namespace.ts'

/** A macvlan, ipvlan or vlan device, and the namespace that it is in. */
export interface Stacked {
  readonly netns: string
  readonly device: Interface
}

/** `namespace device` to the devices that sit on it, in any namespace. Empty on a host of plain bridges. */
export type StackIndex = ReadonlyMap<string, readonly Stacked[]>

const NONE: readonly Stacked[] = []

/** Returns which devices sit on which. */
export function indexStacked(namespaces: readonly NetNamespace[]): StackIndex {
  const index = new Map<string, Stacked[]>()
  for (const { id, interfaces } of namespaces) {
    for (const device of interfaces) {
      if (device.parent === undefined) continue
      const key = keyOf(device.parent.namespace, device.parent.device)
      const list = index.get(key)
      const entry = { netns: id, device }
      if (list === undefined) index.set(key, [entry])
      else list.push(entry)
    }
  }
  return index
}

/** Returns the devices that sit on one. */
export function stackedOn(index: StackIndex, netns: string, device: string): readonly Stacked[] {
  return index.size === 0 ? NONE : (index.get(keyOf(netns, device)) ?? NONE)
}

/** Returns the devices that share a parent with one, without itself. */
export function siblingsOf(index: StackIndex, netns: string, device: Interface): readonly Stacked[] {
  const { parent } = device
  if (parent === undefined) return NONE
  const all = stackedOn(index, parent.namespace, parent.device)
  return all.filter((each) => each.netns !== netns || each.device.name !== device.name)
}

/**
 * Returns the device on a parent that takes a frame which comes in there, or null where the parent keeps it: macvlan goes by
 * the MAC (passthru takes all), ipvlan by the IP address; l3s lets the parent's namespace have it first
 * (linux:drivers/net/macvlan.c macvlan_handle_frame, drivers/net/ipvlan/ipvlan_core.c ipvlan_handle_frame).
 */
export function findTaker(
  children: readonly Stacked[],
  frame: { readonly destinationMac: string | null; readonly dst: string },
): Stacked | null {
  for (const child of children) {
    const { kind, mode, mac } = child.device
    if (kind === 'macvlan' && (mode === 'passthru' || (mode !== 'source' && mac === frame.destinationMac))) return child
    if (kind === 'ipvlan' && mode !== 'l3s' && hasAddress(child.device, frame.dst)) return child
  }
  return null
}

/** Tells whether an address is one of a device's own. ipvlan knows those of devices that are up. */
export function hasAddress(device: Interface, address: string): boolean {
  return device.up && device.addresses.some((entry) => entry.address === address)
}

/** Tells whether a device takes part in what is broadcast on its parent and answers there: ipvlan does so in mode l2 alone. */
export function hearsBroadcasts({ kind, mode, up }: Interface): boolean {
  return up && ((kind === 'macvlan' && mode !== 'source') || (kind === 'ipvlan' && mode === 'l2'))
}

function keyOf(netns: PeerRef['namespace'], device: string): string {
  return `${netns} ${device}`
}
