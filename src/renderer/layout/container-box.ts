import type { PublishedPort } from '../../core/host/container.ts'
import type { Interface } from '../../core/host/interface.ts'
import { placeKey } from '../playback/place.ts'
import type { Member } from './group-namespaces.ts'
import type { Box, Measure, Point, TextRun } from './types.ts'
import { writeFar, writeName, writeText } from './write-text.ts'

/** How much of a container is drawn: all of it, without its image, or its name and first address alone. */
export type Density = 'full' | 'medium' | 'dense'

export const BOX_WIDTH: Readonly<Record<Density, number>> = { full: 154, medium: 138, dense: 114 }
const PADDING: Readonly<Record<Density, number>> = { full: 11, medium: 11, dense: 8 }
const ROW = 17

/** A box at the origin; `place-containers` moves it. `wires` says where the links of its devices end. */
export interface ContainerBox {
  readonly box: Box
  readonly wires: readonly { readonly device: string; readonly port: Point }[]
}

/**
 * Returns the box of a namespace at the origin. With `wired: 'right'` each device's row ends in a port on the right edge;
 * with 'below' the ports are on the lower edge, where lanes of several columns have their wires.
 */
export function drawContainer(
  member: Member,
  density: Density,
  wired: 'right' | 'below',
  measure: Measure,
): ContainerBox {
  const width = BOX_WIDTH[density]
  const devices = (member.namespace?.interfaces ?? []).filter((device) => device.kind !== 'loopback')
  const texts = [...writeHead(member, density, width, measure), ...writeRows(member, devices, density, width, measure)]
  const height = Math.max(...texts.map((text) => text.y)) + (density === 'dense' ? 5.5 : 11)
  const wires = devices.map((device, index) => ({
    device: device.name,
    port:
      wired === 'right'
        ? { x: width, y: (texts.find((text) => text.full.startsWith(`${device.name} `))?.y ?? height / 2) - 4 }
        : { x: width - 14 - 12 * (devices.length - 1 - index), y: height },
  }))
  const place = { kind: 'stack', netns: member.netns } as const
  const box: Box = {
    id: `container:${member.id}`,
    kind: 'container',
    place,
    name: member.name,
    title: describeMember(member, devices),
    texts,
    far: writeFar(member.name, { x: 0, y: 0, width, height }, measure),
    radius: density === 'dense' ? 6 : 9,
    muted: member.containers[0]?.state === 'paused',
    x: 0,
    y: 0,
    width,
    height,
    ports: wires.map(({ device, port }) => ({
      ...port,
      key: placeKey({ kind: 'device', netns: member.netns, device }),
    })),
  }
  return { box, wires }
}

function writeHead(member: Member, density: Density, width: number, measure: Measure): readonly TextRun[] {
  const padding = PADDING[density]
  const room = width - 2 * padding
  const ports = density === 'dense' ? '' : publishedText(member, density === 'full')
  const shown = ports === '' ? 0 : Math.min(measure(ports, 'mono'), room * 0.6)
  const y = density === 'dense' ? 13 : 21
  const font = density === 'dense' ? 'compact' : 'title'
  const head = [
    writeName({ x: padding, y, room: room - (shown === 0 ? 0 : shown + 8) }, member.name, font, 'main', measure),
  ]
  if (ports !== '') {
    head.push(writeText({ x: width - padding, y, room: shown + 0.5, align: 'end' }, ports, 'mono', 'port', measure))
  }
  if (density === 'full') {
    head.push(writeText({ x: padding, y: y + ROW, room }, subtitle(member), 'detail', 'faint', measure))
  }
  return head
}

function writeRows(
  member: Member,
  devices: readonly Interface[],
  density: Density,
  width: number,
  measure: Measure,
): readonly TextRun[] {
  const top = { full: 60, medium: 40, dense: 29.5 }[density]
  const line = (text: string, index: number) =>
    writeText(
      { x: PADDING[density], y: top + index * ROW, room: width - 2 * PADDING[density] },
      text,
      'mono',
      'dim',
      measure,
    )
  if (devices.length === 0) return [line(rowWithoutDevice(member), 0)]
  if (density !== 'dense') return devices.map((device, index) => line(`${device.name} ${firstAddress(device)}`, index))
  const more = devices.length > 1 ? ` +${devices.length - 1}` : ''
  return [line(`${firstAddress(devices[0] as Interface)}${more}`, 0)]
}

function rowWithoutDevice(member: Member): string {
  if (member.id.startsWith('host:')) return "host's stack"
  return member.namespace === null ? 'not read' : 'lo only'
}

function firstAddress(device: Interface): string {
  const address =
    device.addresses.find((each) => each.family === 4) ?? device.addresses.find((each) => each.scope === 'global')
  return address?.address ?? (device.up ? 'no address' : 'down')
}

function subtitle(member: Member): string {
  const [first, ...others] = member.containers
  if (others.length > 0) return `+ ${others.map((each) => each.name).join(', ')}`
  if (first === undefined) return 'namespace'
  return first.state === 'paused' ? `${first.image} · paused` : first.image
}

function publishedText(member: Member, whole: boolean): string {
  const ports = member.containers.flatMap((each) => each.published)
  const distinct = [...new Map(ports.map((port) => [portText(port), port])).keys()]
  const [first, ...others] = distinct
  if (first === undefined) return ''
  const short = whole ? first : (first.split('→')[0] as string)
  return others.length === 0 ? short : `${short} +${others.length}`
}

function portText({ hostPort, containerPort, protocol }: PublishedPort): string {
  return `:${hostPort}→${containerPort}${protocol === 'tcp' ? '' : `/${protocol}`}`
}

/** Returns the whole of what a box tells, for its tooltip and for a screen reader. */
function describeMember(member: Member, devices: readonly Interface[]): string {
  const lines = member.containers.map((each) => `${each.name} (${each.image}, ${each.state})`)
  if (lines.length === 0) lines.push(member.name)
  for (const device of devices) {
    const addresses = device.addresses.map((each) => `${each.address}/${each.prefixLength}`)
    lines.push(`${device.name} ${addresses.join(' ') || 'no address'}`)
  }
  for (const port of member.containers.flatMap((each) => each.published)) {
    lines.push(`published ${port.hostAddress}${portText(port)}`)
  }
  if (devices.length === 0) lines.push(rowWithoutDevice(member))
  return lines.join('\n')
}
