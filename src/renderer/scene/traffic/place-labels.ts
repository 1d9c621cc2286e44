import { pointAlong, type Track } from '../../layout/geometry.ts'
import type { Layout, Point, Rect } from '../../layout/types.ts'
import type { Stream } from './traffic-model.ts'

/** A rate that is written at a wire. */
export interface StreamLabel {
  readonly text: string
  /** In the picture's units, unless said otherwise. */
  readonly at: Point
}

/** Size of a label in the picture's units at 100 %. */
const LETTER = 6.4
const PAD = 12
const HEIGHT = 18
/** The last piece of a wire, from a pair's host end to its bridge, is the same wire still. */
const SHORTEST = 20
const SHARES: readonly number[] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9]

/**
 * Returns where the rates of streams are written: both directions of one wire together, the busiest first, each where
 * it hides least of the boxes; where there is no room beside those already placed, it is left out.
 */
export function placeLabels(layout: Layout, streams: readonly Stream[], zoom: number): readonly StreamLabel[] {
  const boxes: readonly Rect[] = [...layout.boxes, ...layout.gates]
  const placed: { readonly label: StreamLabel; readonly rect: Rect }[] = []
  for (const { track, rate } of joinDirections(streams)) {
    const text = `${shortRate(rate)}/s`
    const choices = SHARES.map((share) => {
      const at = pointAlong(track, share)
      const rect = rectAround(at, text, zoom)
      return { label: { text, at }, rect, hidden: boxes.reduce((sum, box) => sum + sharedArea(rect, box), 0) }
    }).filter(({ rect }) => placed.every((other) => sharedArea(rect, other.rect) === 0))
    const best = choices.toSorted((a, b) => a.hidden - b.hidden)[0]
    if (best !== undefined) placed.push(best)
  }
  return placed.map(({ label }) => label)
}

/**
 * Returns the labels, given in pixels, that can be written without hiding one another: the first of each text, in their order, and
 * `most` at most. Of several packets of one flow the first is enough to know them all.
 */
export function keepApart<Label extends StreamLabel>(labels: readonly Label[], most: number): readonly Label[] {
  const kept: { readonly label: Label; readonly rect: Rect }[] = []
  for (const label of labels) {
    if (kept.length >= most) break
    const rect = rectAround(label.at, label.text, 1)
    if (kept.every((other) => other.label.text !== label.text && sharedArea(rect, other.rect) === 0))
      kept.push({ label, rect })
  }
  return kept.map(({ label }) => label)
}

function joinDirections(streams: readonly Stream[]): readonly { readonly track: Track; readonly rate: number }[] {
  const wires = new Map<string, { readonly track: Track; readonly rate: number }>()
  for (const { key, track, packetsPerSecond } of streams) {
    if (track.length < SHORTEST) continue
    const wire = key.split(' ').toSorted().join(' ')
    const known = wires.get(wire)
    wires.set(wire, { track: known?.track ?? track, rate: (known?.rate ?? 0) + packetsPerSecond })
  }
  return [...wires.values()].toSorted((a, b) => b.rate - a.rate)
}

function rectAround({ x, y }: Point, text: string, zoom: number): Rect {
  const [width, height] = [(text.length * LETTER + PAD) / zoom, HEIGHT / zoom]
  return { x: x - width / 2, y: y - height / 2, width, height }
}

function sharedArea(a: Rect, b: Rect): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return width > 0 && height > 0 ? width * height : 0
}

function shortRate(rate: number): string {
  if (rate >= 10_000) return `${Math.round(rate / 1000)}k`
  if (rate >= 1000) return `${(rate / 1000).toFixed(1)}k`
  return rate >= 10 ? String(Math.round(rate)) : String(Math.round(rate * 10) / 10)
}
