import { type GateId, placeKey } from '../playback/place.ts'
import { bracket, straight } from './geometry.ts'
import type { Placed } from './link-devices.ts'
import type { Cubic, Gate, Link } from './types.ts'

const GATE_LINKS: readonly (readonly [GateId, GateId, 'down' | 'left' | 'right'])[] = [
  ['prerouting', 'route', 'down'],
  ['route', 'forward', 'down'],
  ['forward', 'postrouting', 'down'],
  ['route', 'input', 'left'],
  ['input', 'local', 'down'],
  ['local', 'output', 'down'],
  ['output', 'postrouting', 'down'],
  ['prerouting', 'forward', 'right'],
  ['prerouting', 'input', 'left'],
  ['local', 'route', 'right'],
  ['route', 'output', 'right'],
  ['route', 'postrouting', 'right'],
  ['output', 'route', 'right'],
  ['postrouting', 'prerouting', 'right'],
]

/** Returns the wires between the gates: those of the usual ways, and hidden ones for the others. */
export function linkGates(placed: Placed): readonly Link[] {
  return GATE_LINKS.map(([from, to, way], index) => {
    const [a, b] = [gateOf(placed, from), gateOf(placed, to)]
    const style = index < 7 ? 'solid' : 'hidden'
    return {
      id: `gate:${from}>${to}`,
      from: placeKey(a.place),
      to: placeKey(b.place),
      curve: [gateCurve(a, b, way)],
      style,
    }
  })
}

function gateCurve(a: Gate, b: Gate, way: 'down' | 'left' | 'right'): Cubic {
  if (way === 'down') {
    // Where one of them is half as wide, the wire stands over the narrower one's middle.
    const narrow = a.width < b.width ? a : b
    const x = narrow.x + narrow.width / 2
    return a.y < b.y
      ? straight({ x, y: a.y + a.height }, { x, y: b.y })
      : straight({ x, y: a.y }, { x, y: b.y + b.height })
  }
  const x = (each: Gate) => (way === 'left' ? each.x : each.x + each.width)
  const shift = a.y < b.y ? 8 : -8
  const ends = [
    { x: x(a), y: a.y + a.height / 2 + shift },
    { x: x(b), y: b.y + b.height / 2 - shift },
  ] as const
  return bracket(ends[0], ends[1], way === 'left' ? -26 : 26)
}

/** Returns a gate by its name; a picture without it is a broken one. */
export function gateOf({ gates }: Pick<Placed, 'gates'>, id: GateId): Gate {
  const found = gates.find((each) => each.id === `gate:${id}`)
  if (found === undefined) throw new Error(`the picture has no gate ${id}`)
  return found
}
