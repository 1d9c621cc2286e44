import type { HostState } from '../../core/host/host-state.ts'
import { canonicalPrefix } from '../../core/net/prefix.ts'
import { placeKey } from '../playback/place.ts'
import { groupNamespaces, hostPeerOf } from './group-namespaces.ts'
import { linkDevices, type Placed } from './link-devices.ts'
import { BRIDGE_WIDTH, placeBridges } from './place-bridges.ts'
import { placeContainers, type Room, USUAL_ROOM } from './place-containers.ts'
import { defaultDevices, nicsOf, placeNics, placeOutside, NIC_WIDTH, OUTSIDE_WIDTH } from './place-outside.ts'
import { placeStack, STACK_HEIGHT, STACK_WIDTH, GATE_GAP } from './place-stack.ts'
import type { Anchor, Box, Layout, Measure, Point, TextRun } from './types.ts'
import { writeText } from './write-text.ts'

const MARGIN = 10
const INSET = 14
const GAP = 38
const TOP = 84
const BOTTOM = 34
/** Below a device, a packet's capsule rests this far from its edge. */
const REST = 16
const NOTICE_GAP = 40
const NOTICE_HEIGHT = 90

/**
 * Returns the picture of a host: containers, bridges, the host's stack, NICs and the outside, left to right. The same
 * state in the same room gives the same picture, and what is not there yet pushes only what is below it. Work grows with the number of
 * devices (ports of one bridge are sorted).
 */
export function layoutHost(state: HostState, measure: Measure, room: Room = USUAL_ROOM): Layout {
  const host = state.namespaces[0]
  const hostName = host?.name ?? 'host'
  const groups = groupNamespaces(state)
  const left = MARGIN + INSET
  const first = placeContainers(groups, { x: left, y: TOP }, room, measure)
  const spare = STACK_HEIGHT - first.height
  const column =
    spare <= 0 ? first : placeContainers(groups, { x: left, y: TOP + Math.round(spare * 0.3) }, room, measure)
  const xs = columnPositions(left, column.width)
  const stackTop = TOP + Math.round(Math.max(0, -spare * 0.4))
  const drawn = new Set(
    state.namespaces.slice(1).flatMap((each) => each.interfaces.flatMap((d) => hostPeerOf(state, d)?.name ?? [])),
  )
  const devices = nicsOf(host, drawn)
  const lanPrefixes = devices.flatMap((each) =>
    each.addresses.flatMap((a) =>
      a.scope === 'global' ? (canonicalPrefix(`${a.address}/${a.prefixLength}`) ?? []) : [],
    ),
  )
  const middle = stackTop + STACK_HEIGHT * 0.32
  const placed: Placed = {
    state,
    hostName,
    column,
    bridges: placeBridges(column, xs.bridges, hostName, measure),
    gates: placeStack(host, { x: xs.stack, y: stackTop }, measure),
    nics: placeNics(devices, hostName, { x: xs.nics, y: middle }, defaultDevices(host), measure),
    outside: placeOutside(lanPrefixes, { x: xs.outside, y: middle }, measure),
  }
  return assemble(placed, xs, lanPrefixes, measure)
}

interface Columns {
  readonly containers: number
  readonly bridges: number
  readonly stack: number
  readonly nics: number
  readonly frameEnd: number
  readonly outside: number
}

function columnPositions(left: number, containerWidth: number): Columns {
  const bridges = left + containerWidth + GAP
  const stack = bridges + BRIDGE_WIDTH + GAP
  const nics = stack + STACK_WIDTH + GAP - 4
  const frameEnd = nics + NIC_WIDTH + INSET
  return { containers: left, bridges, stack, nics, frameEnd, outside: frameEnd + GAP - 10 }
}

function assemble(placed: Placed, xs: Columns, lanPrefixes: readonly string[], measure: Measure): Layout {
  const containers = placed.column.groups.flatMap((each) => each.containers.map(({ drawn }) => drawn.box))
  const boxes = [...containers, ...placed.bridges, ...placed.nics, ...placed.outside]
  const lanes = placed.column.groups.map(({ lane }) => lane)
  const lowest = Math.max(...[...boxes, ...placed.gates, ...lanes].map(bottomOf))
  const free = Math.max(...[...placed.nics, ...placed.outside].map(bottomOf)) + NOTICE_GAP
  const bottom = Math.max(lowest, free + NOTICE_HEIGHT - BOTTOM)
  const hostFrame = { x: MARGIN, y: MARGIN, width: xs.frameEnd - MARGIN, height: bottom + BOTTOM - MARGIN }
  const { links, anchors } = linkDevices(placed)
  return {
    x: 0,
    y: 0,
    width: xs.outside + OUTSIDE_WIDTH + MARGIN,
    height: bottom + BOTTOM + MARGIN,
    hostFrame,
    headings: writeHeadings(placed, xs, measure),
    lanes,
    boxes,
    gates: placed.gates,
    links,
    anchors: Object.fromEntries([...boxAnchors(placed), ...anchors].map((anchor) => [anchor.key, anchor])),
    notice: { x: xs.stack + STACK_WIDTH + 20, y: free },
    lanPrefixes,
  }
}

function bottomOf(rect: { readonly y: number; readonly height: number }): number {
  return rect.y + rect.height
}

function writeHeadings({ state, column, hostName }: Placed, xs: Columns, measure: Measure): readonly TextRun[] {
  const names: readonly (readonly [string, number, number])[] = [
    ['CONTAINERS', xs.containers, column.width],
    ['BRIDGES', xs.bridges, BRIDGE_WIDTH],
    ['HOST STACK', xs.stack, STACK_WIDTH],
    ['NIC', xs.nics, NIC_WIDTH],
    ['OUTSIDE', xs.outside, OUTSIDE_WIDTH],
  ]
  const title = { x: xs.containers, y: MARGIN + 24, room: xs.frameEnd - xs.containers - INSET }
  const heading = state.hostname === '' ? hostName : `${hostName} · ${state.hostname}`
  return [
    writeText(title, heading, 'detail', 'dim', measure),
    ...names.map(([text, x, room]) => writeText({ x, y: TOP - 20, room }, text, 'heading', 'faint', measure)),
  ]
}

/** Anchors of everything that has a box; the keys are those of the places that hops and steps map to. */
function boxAnchors(placed: Placed): readonly Anchor[] {
  const anchors: Anchor[] = []
  for (const { containers } of placed.column.groups) {
    for (const { member, drawn, gutter } of containers) {
      if (member.id.startsWith('host:')) continue
      const rest = { x: drawn.box.x + drawn.box.width / 2, y: gutter }
      anchors.push({ key: placeKey(drawn.box.place), boxId: drawn.box.id, port: rest, rest })
      for (const { key, x, y } of drawn.box.ports) {
        anchors.push({ key, boxId: drawn.box.id, port: { x, y }, rest: { x, y } })
      }
    }
  }
  for (const box of [...placed.bridges, ...placed.nics, ...placed.outside, ...placed.gates]) {
    const port = { x: box.x + box.width / 2, y: box.y + box.height }
    anchors.push({ key: placeKey(box.place), boxId: box.id, port, rest: restOf(box) })
  }
  return anchors
}

/** Where a capsule rests below a box, in the middle of the room that is kept free there. */
function restOf(box: Box): Point {
  const middle = box.x + box.width / 2
  if (box.kind === 'gate') return { x: middle, y: box.y + box.height + GATE_GAP / 2 }
  // Beside a NIC there is more room on the outer side than towards the gates.
  return { x: box.kind === 'nic' ? middle + 14 : middle, y: box.y + box.height + REST }
}
