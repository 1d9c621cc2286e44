import { straight, type Track, trackOf } from '../../layout/geometry.ts'
import { resolveAnchor, wireBetween } from '../../layout/travel.ts'
import type { Cubic, Layout } from '../../layout/types.ts'
import { type Place, placeKey } from '../../playback/place.ts'

/** Returns the line that dots follow over some places, along the wires and straight through the boxes; null without one. */
function trackWay(layout: Layout, way: readonly Place[]): Track | null {
  const curves: Cubic[] = []
  for (let index = 1; index < way.length; index++) {
    const wire = wireBetween(layout, way[index - 1] as Place, way[index] as Place)
    const [end, start] = [curves.at(-1)?.[3], wire[0]?.[0]]
    if (end !== undefined && start !== undefined) curves.push(straight(end, start))
    curves.push(...wire)
  }
  const first = curves[0]?.[0]
  if (first !== undefined) return trackOf(first, curves)
  const only = way[0] === undefined ? null : resolveAnchor(layout, way[0])
  return only === null ? null : trackOf(only.port, [])
}

/** Returns a function that gives the tracks of ways, each computed once. */
export function createTracks(layout: Layout): (way: readonly Place[]) => Track | null {
  const known = new Map<string, Track | null>()
  return (way) => {
    const key = way.map(placeKey).join(' ')
    const found = known.get(key)
    if (found !== undefined) return found
    const track = trackWay(layout, way)
    known.set(key, track)
    return track
  }
}
