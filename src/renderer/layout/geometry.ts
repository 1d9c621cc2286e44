import type { Cubic, Point, Rect } from './types.ts'

/** Returns a curve that leaves and arrives horizontally, as wires between columns do. */
export function horizontalCurve(from: Point, to: Point): Cubic {
  const middle = (from.x + to.x) / 2
  return [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to]
}

/** Returns a straight line as a curve. */
export function straight(from: Point, to: Point): Cubic {
  const third = (share: number) => ({ x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share })
  return [from, third(1 / 3), third(2 / 3), to]
}

/** Returns a curve between two points of one side of a column, bulging out by about 3/4 of `reach` (negative: left). */
export function bracket(from: Point, to: Point, reach: number): Cubic {
  const x = (reach < 0 ? Math.min(from.x, to.x) : Math.max(from.x, to.x)) + reach
  return [from, { x, y: from.y }, { x, y: to.y }, to]
}

/** Returns the same way in the other direction. */
export function reverseCurve(curve: readonly Cubic[]): readonly Cubic[] {
  return curve.map(([a, b, c, d]): Cubic => [d, c, b, a]).reverse()
}

/** Returns the point at `t` (0..1) of one curve. */
function pointOn([a, b, c, d]: Cubic, t: number): Point {
  const u = 1 - t
  const weigh = (p: number, q: number, r: number, s: number) =>
    u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s
  return { x: weigh(a.x, b.x, c.x, d.x), y: weigh(a.y, b.y, c.y, d.y) }
}

/** Returns the curves as the `d` of an SVG path; '' for none. */
export function pathData(curve: readonly Cubic[]): string {
  const say = ({ x, y }: Point) => `${round(x)} ${round(y)}`
  return curve.map(([a, b, c, d], index) => `${index === 0 ? `M${say(a)}` : ''}C${say(b)} ${say(c)} ${say(d)}`).join('')
}

/** A way as points with the length walked so far, so that equal time is equal distance. */
export interface Track {
  readonly points: readonly Point[]
  readonly walked: readonly number[]
  readonly length: number
}

const SAMPLES = 16

/** Returns the curves as a track; a single point where there are none. */
export function trackOf(start: Point, curve: readonly Cubic[]): Track {
  const points: Point[] = [start]
  for (const each of curve) for (let i = 1; i <= SAMPLES; i++) points.push(pointOn(each, i / SAMPLES))
  const walked: number[] = [0]
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1] as Point
    const b = points[i] as Point
    walked.push((walked[i - 1] as number) + Math.hypot(b.x - a.x, b.y - a.y))
  }
  return { points, walked, length: walked.at(-1) as number }
}

/** Returns the point at a share (0..1) of the track's length. */
export function pointAlong(track: Track, share: number): Point {
  const target = Math.min(1, Math.max(0, share)) * track.length
  let index = 1
  while (index < track.points.length && (track.walked[index] as number) < target) index++
  const b = track.points[Math.min(index, track.points.length - 1)] as Point
  const a = track.points[Math.max(0, Math.min(index, track.points.length - 1) - 1)] as Point
  const from = track.walked[Math.max(0, index - 1)] ?? 0
  const span = (track.walked[index] ?? track.length) - from
  const part = span === 0 ? 0 : (target - from) / span
  return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part }
}

export function centerOf(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 }
}

/** Tells whether two rectangles share more than an edge. */
export function overlaps(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
