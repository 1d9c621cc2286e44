import type { Interface } from '../../core/host/interface.ts'
import type { NetNamespace } from '../../core/host/namespace.ts'
import { placeKey } from '../playback/place.ts'
import type { Box, Measure, Point } from './types.ts'
import { writeFar, writeText } from './write-text.ts'

export const NIC_WIDTH = 98
export const OUTSIDE_WIDTH = 116
const NIC_HEIGHT = 66
const NIC_GAP = 34
const PILL_HEIGHT = 62
/** What a kind of device is called where the kernel's own word tells a reader little. */
const KINDS: Readonly<Partial<Record<Interface['kind'], string>>> = { physical: 'network card', veth: 'veth pair' }

/** The outside's two parts; a packet's address tells which one it is in. */
export const LAN = 'lan'
export const INTERNET = 'internet'

/**
 * Returns the host's devices that lead out of the picture, those with a default route first: everything that is neither
 * a bridge, nor `lo`, nor the host's end of a pair to a namespace that is drawn, nor a port of a bridge.
 */
export function nicsOf(host: NetNamespace | undefined, drawn: ReadonlySet<string>): readonly Interface[] {
  const nics = (host?.interfaces ?? []).filter((device) => {
    if (device.kind === 'loopback' || device.kind === 'bridge') return false
    return device.kind !== 'veth' || (!drawn.has(device.name) && device.master === null)
  })
  const defaults = defaultDevices(host)
  return nics.toSorted((a, b) => Number(defaults.has(b.name)) - Number(defaults.has(a.name)) || a.index - b.index)
}

export function defaultDevices(host: NetNamespace | undefined): ReadonlySet<string> {
  const routes = (host?.routes ?? []).filter((route) => /^(0\.0\.0\.0|::)\/0$/.test(route.destination))
  return new Set(routes.flatMap((route) => route.nextHops.flatMap((hop) => (hop.device === null ? [] : [hop.device]))))
}

/** Returns the boxes of the NICs below one another, the first with its middle at `middle`. */
export function placeNics(
  nics: readonly Interface[],
  hostName: string,
  at: Point,
  uplinks: ReadonlySet<string>,
  measure: Measure,
): readonly Box[] {
  return nics.map((device, index) => {
    const y = at.y - NIC_HEIGHT / 2 + index * (NIC_HEIGHT + NIC_GAP)
    const address = device.addresses.find((each) => each.family === 4) ?? device.addresses[0]
    const role = uplinks.has(device.name) ? 'default route' : (KINDS[device.kind] ?? device.kind)
    const rows = [device.name, address?.address ?? (device.up ? 'no address' : 'down'), role]
    const place = { kind: 'device', netns: hostName, device: device.name } as const
    return {
      id: `nic:${device.name}`,
      kind: 'nic',
      place,
      name: device.name,
      title: [...rows, ...device.addresses.map((each) => `${each.address}/${each.prefixLength}`)].join('\n'),
      texts: rows.map((text, row) =>
        writeText(
          { x: at.x + NIC_WIDTH / 2, y: y + 21 + row * 17, room: NIC_WIDTH - 12, align: 'middle' },
          text,
          row === 0 ? 'title' : row === 1 ? 'mono' : 'small',
          row === 0 ? 'main' : row === 1 ? 'dim' : 'faint',
          measure,
        ),
      ),
      far: writeFar(device.name, { x: at.x, y, width: NIC_WIDTH, height: NIC_HEIGHT }, measure),
      radius: 9,
      muted: !device.up,
      x: at.x,
      y,
      width: NIC_WIDTH,
      height: NIC_HEIGHT,
      ports: [{ x: at.x, y: y + NIC_HEIGHT / 2, key: placeKey(place) }],
    }
  })
}

/** Returns the LAN and the internet as pills around `at`; the second line of each is filled by the scene. */
export function placeOutside(lanPrefixes: readonly string[], at: Point, measure: Measure): readonly Box[] {
  const rows = [
    { id: LAN, name: 'LAN', line: lanPrefixes[0] ?? '', dy: -100 },
    { id: INTERNET, name: 'internet', line: '', dy: 100 },
  ]
  return rows.map(({ id, name, line, dy }) => {
    const y = at.y + dy - PILL_HEIGHT / 2
    const x = at.x + OUTSIDE_WIDTH / 2
    const room = OUTSIDE_WIDTH - 16
    return {
      id: `outside:${id}`,
      kind: 'outside',
      place: { kind: 'external', address: id },
      name,
      title: [name, ...(id === LAN ? lanPrefixes : ['everything that is on no wire of this host'])].join('\n'),
      texts: [
        writeText({ x, y: y + 28, room, align: 'middle' }, name, 'title', 'main', measure),
        writeText({ x, y: y + 45, room, align: 'middle' }, line, 'mono', 'dim', measure),
      ],
      far: writeFar(name, { x: at.x, y, width: OUTSIDE_WIDTH, height: PILL_HEIGHT }, measure),
      radius: PILL_HEIGHT / 2,
      muted: false,
      x: at.x,
      y,
      width: OUTSIDE_WIDTH,
      height: PILL_HEIGHT,
      ports: [],
    }
  })
}
