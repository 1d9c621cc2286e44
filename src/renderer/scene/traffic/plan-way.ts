import { isHostNetns, type Place, placeKey } from '../../playback/place.ts'
import type { DeviceMap } from './device-map.ts'

/** A packet, or many, at one device. */
export interface Sighting {
  readonly netns: string
  readonly device: string
  readonly direction: 'in' | 'out'
}

/**
 * Returns the places that a packet passes of which a device saw it, in the order in which it passes them: what came in
 * over a wire has crossed that wire, what went out crosses it next. `far` is the machine outside that it comes from or goes
 * to, where that is known. Nothing for a loop, and for a device that this host does not have.
 */
export function planWay(devices: DeviceMap, sighting: Sighting, far: string | null): readonly Place[] {
  const { netns, device, direction } = sighting
  const wires = devices.get(placeKey({ kind: 'device', netns, device }))
  if (wires === undefined || wires.kind === 'loopback') return []
  const { place, peer, master, kind } = wires
  const outside: readonly Place[] = far === null ? [] : [{ kind: 'external', address: far }]
  // As a packet goes out: from inside the namespace to what the device's wire leads to.
  const inner: readonly Place[] = isHostNetns(netns) ? [innerOf(netns, master, direction)] : []
  const outer = kind === 'nic' && isHostNetns(netns) ? outside : peer === null ? [] : [peer]
  const outgoing = [...inner, place, ...outer]
  return direction === 'out' ? outgoing : outgoing.toReversed()
}

function innerOf(netns: string, master: Place | null, direction: 'in' | 'out'): Place {
  return master ?? { kind: 'gate', netns, gate: direction === 'in' ? 'prerouting' : 'postrouting' }
}
