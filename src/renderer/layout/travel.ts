import { textPrefixContains } from '../../core/net/prefix.ts'
import { isHostNetns, type Place, placeKey } from '../playback/place.ts'
import { centerOf, horizontalCurve, reverseCurve, straight, type Track, trackOf } from './geometry.ts'
import { INTERNET, LAN } from './place-outside.ts'
import type { Anchor, Cubic, Layout, Point } from './types.ts'

/**
 * Returns where a place is in the picture. A device that is not drawn is at its bridge or in its namespace, a namespace
 * that is not drawn at the host's stack; nothing at all only where the picture has no gates.
 */
export function resolveAnchor(layout: Layout, place: Place): Anchor | null {
  const found = layout.anchors[placeKey(place)]
  if (found !== undefined) return found
  const host = hostOf(layout)
  const gate = (name: string) => layout.anchors[`gate:${host}/${name}`] ?? null
  switch (place.kind) {
    case 'external': {
      const near = layout.lanPrefixes.some((prefix) => textPrefixContains(prefix, place.address))
      return layout.anchors[`external:${near ? LAN : INTERNET}`] ?? null
    }
    case 'device':
      if (isHostNetns(place.netns)) return gate(place.device === 'lo' ? 'local' : 'route')
      return layout.anchors[`stack:${place.netns}`] ?? gate('local')
    case 'stack':
      return gate('local')
    case 'gate':
      return gate(place.gate)
    default:
      return place satisfies never
  }
}

function hostOf(layout: Layout): string {
  const place = layout.gates[0]?.place
  return place?.kind === 'gate' ? place.netns : 'host'
}

/**
 * Returns the wire between two places, from the first to the second. A port of a bridge reaches everything else through
 * its bridge; where nothing is drawn, a plain curve is the wire.
 */
export function wireBetween(layout: Layout, from: Place, to: Place): readonly Cubic[] {
  const [a, b] = [resolveAnchor(layout, from), resolveAnchor(layout, to)]
  return a === null || b === null ? [] : connectAnchors(layout, a, b)
}

function connectAnchors(layout: Layout, a: Anchor, b: Anchor): readonly Cubic[] {
  if (a.key === b.key) return []
  const drawn = drawnLink(layout, a.key, b.key)
  if (drawn !== null) return drawn
  const through = a.boxId === null ? bridgeOf(layout, a) : b.boxId === null ? bridgeOf(layout, b) : null
  if (through !== null && through.key !== a.key && through.key !== b.key) {
    return joinCurves(connectAnchors(layout, a, through), connectAnchors(layout, through, b))
  }
  const network = networkBetween(layout, a, b)
  if (network !== null) return joinCurves(connectAnchors(layout, a, network), connectAnchors(layout, network, b))
  const within = a.boxId !== null && a.boxId === b.boxId
  return within ? [straight(a.rest, b.port)] : [horizontalCurve(sideOf(layout, a, b), sideOf(layout, b, a))]
}

/** A macvlan or ipvlan network has a box of its own between its containers and the NIC that it sits on. */
function networkBetween(layout: Layout, a: Anchor, b: Anchor): Anchor | null {
  const shared = layout.boxes.find(
    ({ kind, place }) =>
      kind === 'network' &&
      drawnLink(layout, a.key, placeKey(place)) !== null &&
      drawnLink(layout, placeKey(place), b.key) !== null,
  )
  return shared === undefined ? null : (layout.anchors[placeKey(shared.place)] ?? null)
}

function drawnLink(layout: Layout, from: string, to: string): readonly Cubic[] | null {
  const link = layout.links.find((each) => each.from === from && each.to === to)
  if (link !== undefined) return link.curve
  const back = layout.links.find((each) => each.from === to && each.to === from)
  return back === undefined ? null : reverseCurve(back.curve)
}

/** Returns what the host's end of a pair is wired to; null where it is wired to nothing. */
export function bridgeOf(layout: Layout, anchor: Anchor): Anchor | null {
  const link = layout.links.find((each) => each.from === anchor.key)
  return link === undefined ? null : (layout.anchors[link.to] ?? null)
}

function joinCurves(first: readonly Cubic[], second: readonly Cubic[]): readonly Cubic[] {
  const [end, start] = [first.at(-1)?.[3], second[0]?.[0]]
  return end === undefined || start === undefined ? [...first, ...second] : [...first, straight(end, start), ...second]
}

/** Returns the way of a packet between its resting points at two places. */
export function travelTrack(layout: Layout, from: Place, to: Place): Track | null {
  const [a, b] = [resolveAnchor(layout, from), resolveAnchor(layout, to)]
  if (a === null || b === null) return null
  const wire = wireBetween(layout, from, to)
  const first = wire[0]?.[0]
  const last = wire.at(-1)?.[3]
  if (first === undefined || last === undefined) return trackOf(a.rest, [straight(a.rest, b.rest)])
  return trackOf(a.rest, [straight(a.rest, first), ...wire, straight(last, b.rest)])
}

/** The middle of the side of an anchor's box that faces the other anchor. */
function sideOf(layout: Layout, anchor: Anchor, other: Anchor): Point {
  const box = [...layout.boxes, ...layout.gates].find((each) => each.id === anchor.boxId)
  if (box === undefined) return anchor.port
  const x = other.port.x < box.x + box.width / 2 ? box.x : box.x + box.width
  return { x, y: centerOf(box).y }
}
