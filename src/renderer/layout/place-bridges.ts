import { scalePoint } from 'd3'
import { placeKey } from '../playback/place.ts'
import { parentOfGroup } from './group-namespaces.ts'
import type { ContainerColumn, PlacedGroup } from './place-containers.ts'
import type { Box, Measure } from './types.ts'
import { writeFar, writeName, writeText } from './write-text.ts'

export const BRIDGE_WIDTH = 112

/** Returns the box of every bridge and driver network, each beside the middle of its lane. */
export function placeBridges(column: ContainerColumn, x: number, hostName: string, measure: Measure): readonly Box[] {
  return column.groups.flatMap((placed) => {
    if (placed.group.kind !== 'bridge' && placed.group.kind !== 'driver') return []
    return [drawBridge(placed, x, hostName, measure)]
  })
}

function drawBridge({ group, lane }: PlacedGroup, x: number, hostName: string, measure: Measure): Box {
  const rows = bridgeRows(group)
  const height = Math.min(lane.height, Math.max(LEAST_HEIGHT, Math.min(96, lane.height * 0.6), 30 + rows.length * 16))
  const y = lane.y + (lane.height - height) / 2
  const device = group.bridge?.name ?? null
  const first = y + height / 2 - (rows.length * 16) / 2 + 12
  return {
    id: group.id,
    kind: device === null ? 'network' : 'bridge',
    place:
      device === null
        ? { kind: 'stack', netns: `network:${group.label}` }
        : { kind: 'device', netns: hostName, device },
    name: group.label,
    title: rows.map((row) => row.text).join('\n'),
    texts: rows.map((row, index) =>
      (index === 0 ? writeName : writeText)(
        { x: x + BRIDGE_WIDTH / 2, y: first + index * 16, room: BRIDGE_WIDTH - 12, align: 'middle' },
        row.text,
        index === 0 ? 'title' : row.mono ? 'mono' : 'small',
        index === 0 ? 'main' : index === 1 ? 'dim' : 'faint',
        measure,
      ),
    ),
    far: writeFar(rows[0]?.text ?? group.label, { x, y, width: BRIDGE_WIDTH, height }, measure),
    radius: 9,
    muted: group.members.length === 0,
    x,
    y,
    width: BRIDGE_WIDTH,
    height,
    ports:
      device === null ? [] : [{ x, y: y + height / 2, key: placeKey({ kind: 'device', netns: hostName, device }) }],
  }
}

const LEAST_HEIGHT = 58

function bridgeRows(group: PlacedGroup['group']): readonly { readonly text: string; readonly mono: boolean }[] {
  const address = group.bridge?.addresses.find((each) => each.family === 4) ?? group.bridge?.addresses[0]
  const rows = [
    { text: group.bridge !== null && group.network?.name === 'bridge' ? group.bridge.name : group.label, mono: false },
  ]
  if (address !== undefined) rows.push({ text: `${address.address}/${address.prefixLength}`, mono: true })
  else if (group.kind === 'driver') rows.push(...driverRows(group))
  if (group.bridge !== null && rows[0]?.text !== group.bridge.name) rows.push({ text: group.bridge.name, mono: true })
  if (group.network?.internal) rows.push({ text: 'internal', mono: false })
  return rows
}

function driverRows(group: PlacedGroup['group']): readonly { readonly text: string; readonly mono: boolean }[] {
  const driver = group.network?.driver ?? ''
  const parent = parentOfGroup(group)
  const mode = parent?.mode ?? null
  const rows = [{ text: mode === null ? driver : `${driver} ${mode}`, mono: false }]
  return parent === null ? rows : [...rows, { text: `on ${parent.device}`, mono: true }]
}

/** Returns the heights at which `keys` reach a box's side, evenly spread in their order. */
export function spreadPorts(
  keys: readonly string[],
  box: { readonly y: number; readonly height: number },
): ReadonlyMap<string, number> {
  const reach = Math.min(box.height - 20, keys.length * 14)
  const middle = box.y + box.height / 2
  const scale = scalePoint([...keys], [middle - reach / 2, middle + reach / 2]).padding(0.5)
  return new Map(keys.map((key) => [key, scale(key) ?? middle]))
}
