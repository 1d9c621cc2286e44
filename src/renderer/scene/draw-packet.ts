import { FAMILIES } from '../layout/fonts.ts'
import type { Point } from '../layout/types.ts'
import type { LabelPart } from './label-packet.ts'

export interface PacketLook {
  readonly fill: string
  readonly ink: string
  readonly drop: string
  readonly halo: string
}

export interface DrawnPacket {
  /** In CSS pixels of the canvas. */
  readonly at: Point
  readonly scale: number
  readonly parts: readonly LabelPart[]
  readonly fall: number
  readonly look: PacketLook
  /** Only predicted: it is drawn hollow. */
  readonly expected: boolean
}

const HEIGHT = 24
const GAP = 6
/** A dead packet falls as far as it can without covering the name of the gate below; in pixels and radians. */
const FALL = 9
const TILT = 0.1
/** Between a capsule and the edge of the picture. */
const MARGIN = 5

/** Draws a packet's capsule. A part whose field changes turns over its own middle, as a flap of a departure board. */
export function drawPacket(context: CanvasRenderingContext2D, packet: DrawnPacket): void {
  const { at, scale, parts, fall, look, expected } = packet
  context.save()
  context.font = `600 10.5px ${FAMILIES.mono}`
  const widths = parts.map((part) => (part.text === '' ? 0 : context.measureText(part.text).width))
  const width =
    widths.reduce((sum, each) => sum + each, 0) + GAP * (parts.filter((part) => part.text !== '').length - 1) + 22
  const across = keepInside(at.x, (width / 2) * scale + MARGIN, context.canvas.clientWidth)
  context.translate(across, at.y + fall * fall * FALL * scale)
  context.rotate(fall * fall * TILT)
  context.scale(scale, scale)
  context.globalAlpha = 1 - fall * 0.2
  const fill = fall > 0 ? look.drop : look.fill
  if (expected) drawOutline(context, width, fill, look.ink)
  else drawCapsule(context, width, fill, look.halo)
  context.textBaseline = 'middle'
  context.fillStyle = expected ? fill : look.ink
  let x = -width / 2 + 11
  parts.forEach((part, index) => {
    if (part.text === '') return
    context.save()
    context.translate(x, 0.5)
    if (part.flipping !== null) context.scale(1, Math.max(0.04, Math.abs(Math.cos(part.flipping * Math.PI))))
    context.fillText(part.text, 0, 0)
    context.restore()
    x += (widths[index] as number) + GAP
  })
  context.restore()
}

/**
 * Returns where the middle of something stands, `half` to each side of it, so that it is not cut by the edges of what is `room`
 * wide. What is out of sight, and what has no room at all, stays where it is.
 */
export function keepInside(middle: number, half: number, room: number): number {
  if (middle < 0 || middle > room || half * 2 > room) return middle
  return Math.min(Math.max(middle, half), room - half)
}

function drawCapsule(context: CanvasRenderingContext2D, width: number, fill: string, halo: string): void {
  context.beginPath()
  context.roundRect(-width / 2, -HEIGHT / 2, width, HEIGHT, HEIGHT / 2)
  context.save()
  context.lineWidth = 3
  context.strokeStyle = halo
  context.stroke()
  context.restore()
  context.fillStyle = fill
  context.fill()
}

/** The capsule of a packet that is expected here and did not come: an outline on the picture's ground. */
function drawOutline(context: CanvasRenderingContext2D, width: number, colour: string, ground: string): void {
  context.beginPath()
  context.roundRect(-width / 2, -HEIGHT / 2, width, HEIGHT, HEIGHT / 2)
  context.save()
  context.fillStyle = ground
  context.fill()
  context.lineWidth = 1.6
  context.strokeStyle = colour
  context.setLineDash([4, 3])
  context.stroke()
  context.restore()
}
