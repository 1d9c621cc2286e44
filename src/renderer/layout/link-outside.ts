import { placeKey } from '../playback/place.ts'
import { horizontalCurve, straight } from './geometry.ts'
import type { Placed } from './link-devices.ts'
import { parentOfGroup } from './group-namespaces.ts'
import { gateOf } from './link-gates.ts'
import { spreadPorts } from './place-bridges.ts'
import { defaultDevices } from './place-outside.ts'
import type { Box, Gate, Link, Point } from './types.ts'

/** Returns the wires of the NICs: to the stack, to a bridge that they are a port of, and out of the host. */
export function linkOutside(placed: Placed): readonly Link[] {
  const host = placed.state.namespaces[0]
  const bridgeOf = (nic: Box) => host?.interfaces.find((each) => each.name === nic.name)?.master
  return placed.nics.flatMap((nic): readonly Link[] => {
    const bridge = placed.bridges.find((box) => box.id === `bridge:${bridgeOf(nic)}`)
    return [
      ...linkStack(placed, nic),
      ...(bridge === undefined ? [] : [linkUnder(nic, bridge, placed.gates, placed.hostName)]),
      ...driversOn(placed, nic).map((box) => linkUnder(nic, box, placed.gates, placed.hostName)),
      ...linkPills(placed, nic, defaultDevices(host).has(nic.name)),
    ]
  })
}

/** The macvlan and ipvlan networks whose containers sit on a NIC: their frames pass below the host's stack. */
function driversOn({ bridges, column }: Placed, nic: Box): readonly Box[] {
  const own = column.groups.filter(({ group }) => group.kind === 'driver' && parentOfGroup(group)?.device === nic.name)
  return own.flatMap(({ group }) => bridges.find((box) => box.id === group.id) ?? [])
}

/** What comes in goes to PREROUTING, what POSTROUTING lets out goes to the NIC. */
function linkStack(placed: Placed, nic: Box): readonly Link[] {
  const [first, last] = [gateOf(placed, 'prerouting'), gateOf(placed, 'postrouting')]
  const ids = placed.nics.map((each) => each.id)
  const side = (gate: Gate): Point => ({ x: gate.x + gate.width, y: spreadPorts(ids, gate).get(nic.id) as number })
  const left = (dy: number): Point => ({ x: nic.x, y: nic.y + nic.height / 2 + dy })
  const [key, firstKey, lastKey] = [nic, first, last].map((each) => placeKey(each.place)) as [string, string, string]
  const [into, outOf] = [horizontalCurve(left(-8), side(first)), horizontalCurve(side(last), left(8))]
  return [
    { id: `${key}>${firstKey}`, from: key, to: firstKey, curve: [into], style: 'dashed' },
    { id: `${lastKey}>${key}`, from: lastKey, to: key, curve: [outOf], style: 'dashed' },
  ]
}

/** Only a device with a default route leads on to the internet. */
function linkPills({ outside }: Placed, nic: Box, isDefault: boolean): readonly Link[] {
  const from = placeKey(nic.place)
  const right = { x: nic.x + nic.width, y: nic.y + nic.height / 2 }
  const pills = outside.filter((pill) => isDefault || pill.id !== 'outside:internet')
  return pills.map((pill) => ({
    id: `${from}>${pill.id}`,
    from,
    to: placeKey(pill.place),
    curve: [horizontalCurve(right, { x: pill.x, y: pill.y + pill.height / 2 })],
    style: 'dashed' as const,
  }))
}

/** A wire from a NIC to the bridge that it is a port of, below the stack. */
function linkUnder(nic: Box, bridge: Box, gates: readonly Gate[], hostName: string): Link {
  const bottom = Math.max(...gates.map((each) => each.y + each.height)) + 16
  const [left, right] = [
    Math.min(...gates.map((each) => each.x)),
    Math.max(...gates.map((each) => each.x + each.width)),
  ]
  const from = { x: nic.x, y: nic.y + nic.height / 2 }
  const to = { x: bridge.x + bridge.width, y: bridge.y + bridge.height / 2 }
  const curve = [
    horizontalCurve(from, { x: right, y: bottom }),
    straight({ x: right, y: bottom }, { x: left, y: bottom }),
    horizontalCurve({ x: left, y: bottom }, to),
  ]
  const key = placeKey({ kind: 'device', netns: hostName, device: nic.name })
  return { id: `${key}>${bridge.id}`, from: key, to: placeKey(bridge.place), curve, style: 'dashed' }
}
