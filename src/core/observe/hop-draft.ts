import type { Packet } from '../net/packet.ts'
import type { Evidence } from '../trace/evidence.ts'
import { hopKind } from '../trace/hop-kind.ts'
import type { Step } from '../trace/step.ts'
import type { Frame, Hop, HopKind } from '../trace/trace-report.ts'
import type { SeenFrame } from './observation.ts'
import type { PlaceIndex } from './place-index.ts'

/** A hop while it is being written. */
export interface HopDraft extends Hop {
  readonly frames: Frame[]
  readonly steps: Step[]
}

export const FROM_FRAME: Evidence = { basis: 'frame' }
export const FROM_RULES: Evidence = { basis: 'nft-trace' }

/** Returns a hop on a device. One that the state does not know is an interface of some kind. */
export function deviceHop(places: PlaceIndex, netns: string, device: string, packet: Packet): HopDraft {
  const known = places.device(netns, device)
  const kind = known === null ? 'interface' : hopKind(known)
  return { netns, device, kind, packet, frames: [], steps: [] }
}

/** Returns a hop without a device: a namespace's own IP stack, or the world outside. */
export function stackHop(netns: string, packet: Packet, kind: HopKind = 'stack'): HopDraft {
  return { netns, device: null, kind, packet, frames: [], steps: [] }
}

/** Returns what a device showed as reports have it. ARP has no TTL: 0. */
export function frameOf({ direction, packet, at }: SeenFrame): Frame {
  const { sourcePort, destinationPort, icmp, arp } = packet
  return {
    direction,
    src: packet.src,
    dst: packet.dst,
    protocol: packet.protocol,
    ...(sourcePort === undefined ? {} : { sourcePort }),
    ...(destinationPort === undefined ? {} : { destinationPort }),
    ...(icmp === undefined ? {} : { icmp }),
    ...(arp === undefined ? {} : { arp }),
    ttl: packet.ttl,
    sourceMac: packet.sourceMac,
    destinationMac: packet.destinationMac,
    length: packet.length,
    at,
  }
}
