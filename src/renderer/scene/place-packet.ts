import { pointAlong, type Track } from '../layout/geometry.ts'
import { resolveAnchor, travelTrack } from '../layout/travel.ts'
import type { Layout, Point } from '../layout/types.ts'
import type { Moment } from '../playback/timeline.ts'
import { easeCubicInOut } from 'd3'
import { endsBadly } from './describe-scene.ts'

/** Where a packet is drawn. `fall` is 0..1 once it has died: it drops out of its gate and fades. */
export interface PacketPosition extends Point {
  readonly fall: number
}

/** Returns where the packet is at a moment, in the picture's units; null where its place is not in the picture. */
export function placePacket(layout: Layout, moment: Moment): PacketPosition | null {
  const { event, phase, progress, dwell } = moment
  const rest = resolveAnchor(layout, event.place)?.rest
  if (rest === undefined) return null
  if (phase === 'travel' && event.from !== null) {
    const track: Track | null = travelTrack(layout, event.from, event.place)
    if (track !== null) return { ...pointAlong(track, easeCubicInOut(progress)), fall: 0 }
  }
  const fall = endsBadly(event) && event.disposition !== 'cannot-tell' ? Math.max(0, (dwell - 0.3) / 0.7) : 0
  return { ...rest, fall }
}
