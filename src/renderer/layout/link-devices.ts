import type { HostState } from '../../core/host/host-state.ts'
import { placeKey } from '../playback/place.ts'
import { horizontalCurve, straight } from './geometry.ts'
import { hostPeerOf } from './group-namespaces.ts'
import { gateOf, linkGates } from './link-gates.ts'
import { linkOutside } from './link-outside.ts'
import { spreadPorts } from './place-bridges.ts'
import type { ContainerColumn, PlacedContainer } from './place-containers.ts'
import type { Anchor, Box, Cubic, Gate, Link, Point } from './types.ts'

/** Everything that stands in its place, to be wired. */
export interface Placed {
  readonly state: HostState
  readonly hostName: string
  readonly column: ContainerColumn
  readonly bridges: readonly Box[]
  readonly gates: readonly Gate[]
  readonly nics: readonly Box[]
  readonly outside: readonly Box[]
}

export interface Wiring {
  readonly links: readonly Link[]
  /** The host's ends of veth pairs: they have a point on their wire and no box. */
  readonly anchors: readonly Anchor[]
}

/** How far before its bridge a pair's host end stands. */
const VETH_STUB = 14

/** Returns all wires of the picture. */
export function linkDevices(placed: Placed): Wiring {
  const pairs = linkContainers(placed)
  return {
    links: [
      ...pairs.links,
      ...linkHostMembers(placed),
      ...linkBridges(placed),
      ...linkGates(placed),
      ...linkOutside(placed),
    ],
    anchors: pairs.anchors,
  }
}

interface Wire {
  readonly key: string
  readonly start: readonly Cubic[]
  readonly from: Point
  readonly hostEnd: string | null
  readonly target: Box
}

function linkContainers(placed: Placed): Wiring {
  const wires = placed.column.groups.flatMap(({ containers }) => containers.flatMap((each) => wiresOf(placed, each)))
  const links: Link[] = []
  const anchors: Anchor[] = []
  for (const target of new Set(wires.map((wire) => wire.target))) {
    const own = wires.filter((wire) => wire.target === target).toSorted((a, b) => a.from.y - b.from.y)
    const heights = spreadPorts(
      own.map((wire) => wire.key),
      target,
    )
    for (const wire of own) addWire(wire, { x: target.x, y: heights.get(wire.key) as number }, links, anchors)
  }
  return { links, anchors }
}

function addWire(wire: Wire, end: Point, links: Link[], anchors: Anchor[]): void {
  const targetKey = placeKey(wire.target.place)
  const stub = { x: end.x - VETH_STUB, y: end.y }
  const way = [...wire.start, horizontalCurve(wire.from, stub)]
  const style = wire.target.kind === 'network' ? 'dashed' : 'solid'
  if (wire.hostEnd === null) {
    const curve = [...way, straight(stub, end)]
    links.push({ id: `${wire.key}>${targetKey}`, from: wire.key, to: targetKey, curve, style })
    return
  }
  links.push({ id: `${wire.key}>${wire.hostEnd}`, from: wire.key, to: wire.hostEnd, curve: way, style })
  const curve = [straight(stub, end)]
  links.push({ id: `${wire.hostEnd}>${targetKey}`, from: wire.hostEnd, to: targetKey, curve, style })
  anchors.push({ key: wire.hostEnd, boxId: null, port: stub, rest: stub })
}

function wiresOf(placed: Placed, { member, drawn, gutter }: PlacedContainer): readonly Wire[] {
  const right = placed.column.x + placed.column.width
  return drawn.wires.flatMap(({ device, port }) => {
    const link = member.namespace?.interfaces.find((each) => each.name === device)
    if (link === undefined) return []
    const peer = hostPeerOf(placed.state, link)
    const target = targetOf(
      placed,
      member.containers.flatMap((each) => each.endpoints),
      link,
      peer,
    )
    if (target === null) return []
    const key = placeKey({ kind: 'device', netns: member.netns, device })
    const hostEnd = peer === null ? null : placeKey({ kind: 'device', netns: placed.hostName, device: peer.name })
    if (placed.column.columns === 1) return [{ key, hostEnd, target, start: [], from: port }]
    // Several columns: down into the gutter below the row, and along it to the column's right edge.
    const bend = { x: Math.min(port.x + 8, right), y: gutter }
    const from = { x: right, y: gutter }
    const down: Cubic = [port, { x: port.x, y: gutter }, { x: port.x, y: gutter }, bend]
    return [{ key, hostEnd, target, start: [down, straight(bend, from)], from }]
  })
}

type Device = HostState['namespaces'][number]['interfaces'][number]
type Endpoints = HostState['containers'][number]['endpoints']

function targetOf(placed: Placed, endpoints: Endpoints, device: Device, peer: Device | null): Box | null {
  if (peer !== null) {
    if (peer.master === null) return gateOf(placed, 'prerouting')
    return placed.bridges.find((box) => box.id === `bridge:${peer.master}`) ?? null
  }
  if (device.kind !== 'macvlan' && device.kind !== 'ipvlan') return null
  const endpoint = endpoints.find((each) => device.addresses.some(({ address }) => address === each.ipv4))
  return placed.bridges.find((box) => box.id === `driver:${endpoint?.networkName}`) ?? parentBox(placed, device)
}

/** A device that somebody put on a NIC by hand belongs to no network of Docker's: its wire leads to that NIC. */
function parentBox({ state, nics }: Placed, { parent }: Device): Box | null {
  if (parent === undefined || parent.namespace !== state.namespaces[0]?.id) return null
  return nics.find((box) => box.id === `nic:${parent.device}`) ?? null
}

/** Containers in the host's own stack are among its local processes. */
function linkHostMembers(placed: Placed): readonly Link[] {
  const local = gateOf(placed, 'local')
  const right = placed.column.x + placed.column.width
  const end = { x: local.x, y: local.y + local.height / 2 }
  const members = placed.column.groups.filter(({ group }) => group.kind === 'host').flatMap((each) => each.containers)
  return members.map(({ drawn: { box }, gutter }) => {
    const side = { x: box.x + box.width, y: box.y + box.height / 2 }
    const edge = { x: right, y: gutter }
    const down = { x: box.x + box.width - 14, y: box.y + box.height }
    const curve =
      placed.column.columns === 1
        ? [horizontalCurve(side, end)]
        : [
            straight(down, { x: down.x, y: gutter }),
            straight({ x: down.x, y: gutter }, edge),
            horizontalCurve(edge, end),
          ]
    return { id: `${box.id}>local`, from: box.id, to: placeKey(local.place), curve, style: 'dashed' as const }
  })
}

function linkBridges(placed: Placed): readonly Link[] {
  const first = gateOf(placed, 'prerouting')
  const bridges = placed.bridges.filter((box) => box.kind === 'bridge')
  const heights = spreadPorts(
    bridges.map((box) => box.id),
    first,
  )
  const last = gateOf(placed, 'postrouting')
  const ends = spreadPorts(
    bridges.map((box) => box.id),
    last,
  )
  return bridges.flatMap((box): Link[] => {
    const key = placeKey(box.place)
    const side = { x: box.x + box.width, y: box.y + box.height / 2 }
    const into = horizontalCurve(side, { x: first.x, y: heights.get(box.id) as number })
    const outOf = horizontalCurve({ x: last.x, y: ends.get(box.id) as number }, side)
    const [inKey, outKey] = [placeKey(first.place), placeKey(last.place)]
    return [
      { id: `${key}>${inKey}`, from: key, to: inKey, curve: [into], style: 'solid' },
      { id: `${outKey}>${key}`, from: outKey, to: key, curve: [outOf], style: 'hidden' },
    ]
  })
}
