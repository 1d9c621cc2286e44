import type { Capture, CapturedPacket } from '../../core/capture/capture.ts'
import { readPcapng } from '../../core/capture/read-pcapng.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { readLink } from '../../core/parse/live/read-link.ts'
import { readTuple } from '../../core/parse/live/read-tuple.ts'
import type { ImportedCapture, ImportedPlace, WatchInfo } from '../../core/watch/watch.ts'
import { type GroupedCapture, findPlaces, groupPackets } from './find-places.ts'
import { FlowTeller } from './flow-teller.ts'
import { describeKept, type KeptPacket } from './kept-packet.ts'
import { makeCapture } from './make-capture.ts'
import { OwnPackets } from './own-packets.ts'
import { PacketStore } from './packet-store.ts'
import { newWatchId, type OpenWatch } from './watch-desk.ts'

/** What is read of a file: a watch that has ended, and what the file is on this host. */
export interface OpenCapture {
  readonly watch: OpenWatch
  readonly imported: ImportedCapture
}

/** Reads a pcapng file of any program. A file without one packet, or that is none, is told by its problems. */
export function openCapture(bytes: Uint8Array, name: string, state: HostState | null): OpenCapture {
  const { capture, problems } = readPcapng(bytes)
  const grouped = groupPackets(capture)
  const places = findPlaces(grouped.groups, state)
  const watch = new CaptureWatch(capture, grouped, places, name, state)
  const { application, packets } = capture
  return { watch, imported: { watch: watch.info(), application, packets: packets.length, places, problems } }
}

class CaptureWatch implements OpenWatch {
  readonly #info: WatchInfo
  readonly #places: readonly ImportedPlace[]
  readonly #store: PacketStore
  readonly #teller: FlowTeller

  constructor(
    capture: Capture,
    { groupOf }: GroupedCapture,
    places: readonly ImportedPlace[],
    name: string,
    state: HostState | null,
  ) {
    this.#places = places
    this.#store = new PacketStore({
      ringBytes: Number.MAX_SAFE_INTEGER,
      listsAll: false,
      own: new OwnPackets(),
      mostFlows: Math.max(1, capture.packets.length),
    })
    this.#info = describe(name, places, capture)
    const first = capture.packets[0]
    const from = first === undefined ? 0 : millisecondsOf(first)
    capture.packets.forEach((packet, index) => {
      const linkType = capture.interfaces[packet.interface]?.linkType ?? -1
      this.#take(packet, linkType, groupOf[index] ?? 0, state, millisecondsOf(packet) - from)
    })
    this.#teller = new FlowTeller(this.#store.table, state)
  }

  #take(packet: CapturedPacket, linkType: number, group: number, state: HostState | null, at: number): void {
    const link = readLink(linkType, packet.data)
    const place = this.#places[group]
    const { seconds, nanoseconds, data: bytes, length, comments } = packet
    const [etherType, payload] = typeof link === 'string' ? [0, bytes] : [link.etherType, link.payload]
    const told = packet.direction ?? (typeof link === 'string' ? null : link.direction)
    const direction = told ?? guessDirection(link, place, state)
    this.#store.take({
      kept: { seconds, nanoseconds, origin: group, linkType, direction, bytes, length, comments },
      etherType,
      payload,
      tuple: typeof link === 'string' ? null : readTuple(etherType, payload),
      place: { number: group, netns: place?.netns ?? '' },
      tap: this.#store.meter.tapOf(group, 0, direction ?? 'in'),
      at,
    })
  }

  info(): WatchInfo {
    return this.#info
  }

  flows() {
    return this.#teller.all()
  }

  packets(from: number, count: number) {
    const { ring } = this.#store
    const packets = ring.read(from, count).map((kept) => describeKept(kept, (origin) => this.#placeOf(origin)))
    return { packets, first: ring.first, next: ring.next }
  }

  capture(state: HostState | null): Capture {
    const { ring } = this.#store
    const kept: readonly KeptPacket[] = ring.read(0, ring.next)
    return makeCapture(kept, (origin) => this.#placeOf(origin), state, [this.#info.label])
  }

  #placeOf(origin: number): { readonly netns: string | null; readonly device: string } {
    const place = this.#places[origin]
    return { netns: place?.netns ?? null, device: place?.device ?? place?.interface ?? '' }
  }
}

function describe(name: string, places: readonly ImportedPlace[], capture: Capture): WatchInfo {
  const unmatched = places.filter(({ netns }) => netns === null)
  return {
    id: newWatchId(),
    target: null,
    label: `capture ${name}`,
    filter: '',
    ringBytes: capture.packets.reduce((sum, { data }) => sum + data.length, 0),
    stage: 'ended',
    problem: null,
    places: places.flatMap(({ netns }) => (netns === null ? [] : [{ netns, filter: '' }])),
    lacks: unmatched.map((place) => `${place.interface} matches nothing on this host: ${place.why}`),
    leftOut: [],
  }
}

function millisecondsOf({ seconds, nanoseconds }: CapturedPacket): number {
  return seconds * 1000 + nanoseconds / 1e6
}

/** Where neither the file nor the link header tells the direction, the device's own addresses do. */
function guessDirection(
  link: ReturnType<typeof readLink>,
  place: ImportedPlace | undefined,
  state: HostState | null,
): 'in' | 'out' | null {
  if (typeof link === 'string' || place === undefined || place.netns === null) return null
  const netns = state?.namespaces.find(({ name }) => name === place.netns)
  const device = netns?.interfaces.find(({ name }) => name === place.device)
  if (device === undefined) return null
  if (link.sourceMac !== null && link.sourceMac === device.mac) return 'out'
  if (link.destinationMac !== null && link.destinationMac === device.mac) return 'in'
  const tuple = readTuple(link.etherType, link.payload)
  const has = (address: string): boolean => device.addresses.some((one) => one.address === address)
  if (tuple === null || has(tuple.src) === has(tuple.dst)) return null
  return has(tuple.src) ? 'out' : 'in'
}
