import type { Packet } from '../net/packet.ts'
import type { SeenFrame } from './observation.ts'
import type { Pass } from './order-passes.ts'
import type { PlaceIndex } from './place-index.ts'
import type { ChainVisit } from './seen-packet.ts'

/** Returns the chains of each copy of a flooded frame: each meets FORWARD anew. */
export function splitRounds(visits: readonly ChainVisit[]): readonly (readonly ChainVisit[])[] {
  const rounds: ChainVisit[][] = []
  for (const visit of visits) {
    const last = rounds.at(-1)
    const again = last?.some(
      (each) => each.chain === visit.chain && each.table === visit.table && each.family === visit.family,
    )
    if (last === undefined || again === true) rounds.push([visit])
    else last.push(visit)
  }
  return rounds
}

/** Returns frames by the device that showed them, in the order of its first one. */
export function byDevice(frames: readonly SeenFrame[]): readonly (readonly SeenFrame[])[] {
  const names = [...new Set(frames.map((frame) => frame.device))]
  return names.map((name) => frames.filter((frame) => frame.device === name))
}

/** Tells whether a packet is a question for a neighbour, which goes to every port of a bridge and to the host as well. */
export function isForAll({ arp, dst }: Packet): boolean {
  return arp === 'request' || dst.startsWith('ff')
}

/** One copy, by the frames that show it. */
interface Copy {
  readonly frames: readonly SeenFrame[]
}

/** Returns copies with the one that is followed on last, those that nobody took before it. */
export function inOrder<One extends Copy>(places: PlaceIndex, pass: Pass, copies: readonly One[]): readonly One[] {
  if (copies.length < 2) return copies
  const ignored = ({ frames: [frame] }: Copy): boolean => {
    const far = pass.next.find((each) => isFarEnd(places, pass.netns, frame?.device ?? '', each))
    if (frame !== undefined && isForAll(frame.packet))
      return !places.owns(places.farEnd(pass.netns, frame.device)?.netns ?? '', frame.packet.dst)
    return far?.entry[0]?.otherHost === true && far.outs.length === 0
  }
  return [...copies.filter(ignored), ...copies.filter((copy) => !ignored(copy))]
}

/** Returns the frames that left a namespace by device, those of a frame that its own bridge floods in that order, too. */
export function inOrderOfUse(
  places: PlaceIndex,
  pass: Pass,
  devices: readonly (readonly SeenFrame[])[],
): readonly (readonly SeenFrame[])[] {
  const [bridge, ...ports] = devices
  const [first] = bridge ?? []
  if (bridge === undefined || first === undefined || ports.length < 2 || isForAll(first.packet)) return devices
  if (places.device(pass.netns, first.device)?.kind !== 'bridge') return devices
  const copies = ports.map((frames) => ({ frames }))
  return [bridge, ...inOrder(places, pass, copies).map(({ frames }) => frames)]
}

/** Tells whether a stay is the one at the other end of a device's wire. */
export function isFarEnd(places: PlaceIndex, netns: string, device: string, { netns: far, entry }: Pass): boolean {
  const end = places.farEnd(netns, device)
  return end !== null && end.netns === far && end.device === entry[0]?.device
}
