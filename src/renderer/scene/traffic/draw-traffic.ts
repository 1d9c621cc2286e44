import { FAMILIES } from '../../layout/fonts.ts'
import { pointAlong, type Track } from '../../layout/geometry.ts'
import type { Point } from '../../layout/types.ts'
import type { TrafficColour } from './label-flow.ts'
import { keepApart, type StreamLabel } from './place-labels.ts'
import { type Dot, durationOf, type Stream } from './traffic-model.ts'

/** The picture's place in the viewport. */
export interface View {
  readonly x: number
  readonly y: number
  readonly k: number
}

export type Palette = Readonly<Record<TrafficColour | 'ground' | 'ink' | 'accent', string>>

/** More words than this nobody reads while they move. */
const MOST_LABELS = 5
const DASH: readonly number[] = [7, 9]
/** Pixels a second by which the dashes of a stream move. */
const DRIFT = 46

/** Draws the streams: thicker where more goes by, with dashes that drift as the packets do, and how many they are. */
export function drawStreams(
  context: CanvasRenderingContext2D,
  streams: readonly Stream[],
  labels: readonly StreamLabel[],
  view: View,
  palette: Palette,
  time: { readonly now: number; readonly calm: boolean },
): void {
  context.save()
  context.lineDashOffset = -((time.now / 1000) * DRIFT)
  for (const { track, packetsPerSecond } of streams) {
    const width = widthOf(packetsPerSecond) * Math.max(0.7, Math.min(1.2, view.k))
    traceLine(context, track, view)
    context.setLineDash([])
    context.globalAlpha = 0.3
    context.lineWidth = width
    context.strokeStyle = palette.accent
    context.stroke()
    if (time.calm) continue
    context.globalAlpha = 0.95
    context.lineWidth = Math.max(1.6, width * 0.45)
    context.setLineDash([...DASH])
    context.stroke()
  }
  context.restore()
  for (const { text, at } of labels) drawLabel(context, text, toView(at, view), palette.accent, palette.ground)
}

/** Returns the thickness of a stream in pixels: each ten times as many packets add as much. */
function widthOf(packetsPerSecond: number): number {
  return Math.min(11, 2.5 + 2 * Math.log10(Math.max(1, packetsPerSecond)))
}

/** Draws every dot where it is at a time, with the words of those that have room for them. */
export function drawDots(
  context: CanvasRenderingContext2D,
  dots: readonly Dot[],
  view: View,
  palette: Palette,
  now: number,
): void {
  const radius = Math.max(3.4, Math.min(6, 4.6 * view.k))
  const moving = dots.filter(({ begins }) => begins <= now)
  const words: DotWords[] = []
  for (const { track, begins, label, colour } of moving) {
    const at = toView(pointAlong(track, (now - begins) / durationOf(track)), view)
    context.beginPath()
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI)
    context.lineWidth = 2.5
    context.strokeStyle = palette.ground
    context.stroke()
    context.fillStyle = palette[colour]
    context.fill()
    if (label !== '') words.push({ text: label, at: { x: at.x, y: at.y - radius - 10 }, colour: palette[colour] })
  }
  for (const { text, at, colour } of keepApart(words, MOST_LABELS)) drawLabel(context, text, at, colour, palette.ground)
}

interface DotWords extends StreamLabel {
  readonly colour: string
}

/** Draws a way that does not move, for one packet that is looked at. */
export function drawWay(
  context: CanvasRenderingContext2D,
  track: Track,
  view: View,
  colour: string,
  ground: string,
): void {
  context.save()
  context.lineCap = 'round'
  traceLine(context, track, view)
  for (const [width, style] of [
    [7, ground],
    [3.2, colour],
  ] as const) {
    context.lineWidth = width
    context.strokeStyle = style
    context.stroke()
  }
  context.restore()
}

function traceLine(context: CanvasRenderingContext2D, track: Track, view: View): void {
  context.beginPath()
  track.points.forEach((point, index) => {
    const { x, y } = toView(point, view)
    if (index === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  })
}

function drawLabel(context: CanvasRenderingContext2D, text: string, at: Point, colour: string, ground: string): void {
  context.save()
  context.font = `600 10.5px ${FAMILIES.mono}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  const width = context.measureText(text).width + 10
  context.globalAlpha = 0.9
  context.fillStyle = ground
  context.beginPath()
  context.roundRect(at.x - width / 2, at.y - 8.5, width, 17, 5)
  context.fill()
  context.globalAlpha = 1
  context.fillStyle = colour
  context.fillText(text, at.x, at.y + 0.5)
  context.restore()
}

function toView({ x, y }: Point, { x: dx, y: dy, k }: View): Point {
  return { x: x * k + dx, y: y * k + dy }
}
