import type { HostState } from '../../../core/host/host-state.ts'
import { isHostNetns, type Place, placeKey } from '../../playback/place.ts'

/** What the wires of a device lead to. */
export interface DeviceWires {
  readonly place: Place
  /** The other end of a veth pair, or what a macvlan or ipvlan sits on; null for none that is known. */
  readonly peer: Place | null
  /** The bridge that it is a port of. */
  readonly master: Place | null
  readonly kind: 'loopback' | 'bridge' | 'port' | 'nic'
}

export type DeviceMap = ReadonlyMap<string, DeviceWires>

/** Returns the wires of all devices of a host, by the key of their place. */
export function mapDevices(state: HostState): DeviceMap {
  const names = new Map(state.namespaces.map(({ id, name }) => [id, name]))
  const drawn = new Set(state.namespaces.slice(1).map(({ name }) => name))
  const map = new Map<string, DeviceWires>()
  for (const { name: netns, interfaces } of state.namespaces) {
    for (const device of interfaces) {
      const place: Place = { kind: 'device', netns, device: device.name }
      const end = device.peer ?? device.parent ?? null
      const home = end === null ? undefined : names.get(end.namespace)
      const other: Place | null =
        end === null || home === undefined ? null : { kind: 'device', netns: home, device: end.device }
      const master: Place | null = device.master === null ? null : { kind: 'device', netns, device: device.master }
      const inside = other?.kind === 'device' && (!isHostNetns(netns) || drawn.has(other.netns))
      const kind =
        device.kind === 'loopback' ? 'loopback' : device.kind === 'bridge' ? 'bridge' : inside ? 'port' : 'nic'
      map.set(placeKey(place), { place, peer: inside ? other : null, master, kind })
    }
  }
  return map
}
