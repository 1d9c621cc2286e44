import type { NetNamespace } from '../../core/host/namespace.ts'
import { u16, u32, u8 } from '../../core/parse/live/bytes.ts'
import { type EventStream, feedEvents, openEvents } from '../../core/parse/live/conntrack-events.ts'
import { feedPcap, openPcap, type PcapRecord } from '../../core/parse/live/pcap-stream.ts'
import { readPacket } from '../../core/parse/live/packet-headers.ts'
import { readTuple } from '../../core/parse/live/read-tuple.ts'
import type { ParseProblem } from '../../core/parse/problem.ts'
import { LINK_TYPES } from '../../core/capture/capture.ts'
import type { ConntrackEvent } from '../../core/watch/conntrack-event.ts'
import type { TablePlace } from '../../core/watch/flow-table.ts'
import type { PlannedPlace } from '../../core/watch/plan-watch.ts'
import { HoldBack } from './hold-back.ts'
import type { Arrival, PacketStore } from './packet-store.ts'
import { createRelevance } from './relevance.ts'

const SLL2_HEADER = 20
const SLL2_OUT = 4

/** As much of a tool's words as its last counters and its last complaint need. */
const MOST_WORDS = 4096

/** What one namespace's tools print, while it is put into the store. */
export class PlaceReader {
  readonly place: TablePlace
  readonly netns: NetNamespace
  readonly #pcap = openPcap()
  readonly #events = openEvents()
  readonly #listing = openEvents()
  readonly #text = new TextDecoder()
  readonly #waiting = new HoldBack<Arrival>()
  readonly #concerns: (address: string) => boolean
  readonly #isConfined: boolean
  #captureWords = ''
  #conntrackWords = ''
  /** Of the epoch, in milliseconds, when the watch began, by this host's clock. */
  #epoch: number | null = null
  /** Its tcpdump has ended. */
  isDeaf = false
  /** Its namespace's process has ended. */
  isGone = false
  /** What could not be read, once each. */
  readonly problems = new Set<string>()

  constructor(
    number: number,
    planned: PlannedPlace,
    private readonly store: PacketStore,
  ) {
    this.netns = planned.netns
    this.place = { number, netns: planned.netns.name }
    this.#concerns = createRelevance(planned.concerns)
    this.#isConfined = planned.concerns !== null
  }

  /** Dropped by the kernel and by devices, as tcpdump told last. */
  get lost(): number {
    const count = (word: string): number => {
      const all = [...this.#captureWords.matchAll(new RegExp(`(\\d+) packets? dropped by ${word}`, 'g'))]
      return Number(all.at(-1)?.[1] ?? 0)
    }
    return count('kernel') + count('interface')
  }

  /** The last thing that a tool said which is no counter. */
  complaint(tool: 'tcpdump' | 'conntrack'): string {
    const words = tool === 'tcpdump' ? this.#captureWords : this.#conntrackWords
    const lines = words
      .split('\n')
      .filter((line) => line.trim() !== '' && !/packets? (captured|received|dropped)/.test(line))
    return (lines.at(-1) ?? '').replace(/^(tcpdump|conntrack[^:]*): /, '')
  }

  addWords(tool: 'tcpdump' | 'conntrack', bytes: Uint8Array): void {
    const words = new TextDecoder().decode(bytes)
    if (tool === 'tcpdump') this.#captureWords = (this.#captureWords + words).slice(-MOST_WORDS)
    else this.#conntrackWords = (this.#conntrackWords + words).slice(-MOST_WORDS)
  }

  /** Takes conntrack's text. `elapsed` is milliseconds since the watch began. */
  addEvents(kind: 'events' | 'listing', bytes: Uint8Array, elapsed: number): void {
    const stream: EventStream = kind === 'events' ? this.#events : this.#listing
    const text = kind === 'events' ? this.#text.decode(bytes, { stream: true }) : new TextDecoder().decode(bytes)
    const { value, problems } = feedEvents(stream, text)
    this.#note(problems)
    for (const event of value) this.#track(event, elapsed)
  }

  #track(event: ConntrackEvent, elapsed: number): void {
    const { protocol, original, reply } = event.entry
    const ends = [original.src, original.dst, reply.src, reply.dst]
    if (this.#isConfined && !ends.some((address) => this.#concerns(address))) return
    this.store.table.track(this.place, event, elapsed)
    for (const arrival of this.#waiting.release(protocol, [original, reply])) this.store.take(arrival)
  }

  /** Takes a piece of the capture. Returns how many packets there were; none of them is kept while it is paused. */
  addCapture(bytes: Uint8Array, elapsed: number, paused: boolean): number {
    const { value, problems } = feedPcap(this.#pcap, bytes)
    this.#note(problems)
    this.#waiting.expire(elapsed)
    if (!paused) for (const record of value) this.#takeRecord(record, elapsed)
    return value.length
  }

  #takeRecord(record: PcapRecord, elapsed: number): void {
    const { seconds, nanoseconds, bytes, length } = record
    if (bytes.length < SLL2_HEADER) return
    const stamp = seconds * 1000 + nanoseconds / 1e6
    // The host's clock may be another machine's: its first packet is taken to have come just now.
    this.#epoch ??= stamp - elapsed
    const direction = u8(bytes, 10) === SLL2_OUT ? 'out' : 'in'
    const etherType = u16(bytes, 0)
    const payload = bytes.subarray(SLL2_HEADER)
    const tuple = readTuple(etherType, payload)
    const arrival: Arrival = {
      kept: {
        seconds,
        nanoseconds,
        origin: this.place.number,
        linkType: LINK_TYPES.linuxSll2,
        direction,
        bytes,
        length,
        comments: [],
      },
      etherType,
      payload,
      tuple,
      place: this.place,
      tap: this.store.meter.tapOf(this.place.number, u32(bytes, 4), direction),
      at: stamp - this.#epoch,
    }
    if (!this.#isConfined || this.#isConcerned(arrival)) this.store.take(arrival)
    else if (tuple !== null) this.#waiting.add(tuple, arrival, elapsed)
  }

  #isConcerned({ tuple, etherType, payload }: Arrival): boolean {
    if (tuple !== null)
      return this.#concerns(tuple.src) || this.#concerns(tuple.dst) || this.store.table.knows(this.place, tuple)
    const read = readPacket(etherType, payload, null)
    return (
      read !== null && typeof read !== 'string' && (this.#concerns(read.packet.src) || this.#concerns(read.packet.dst))
    )
  }

  #note(problems: readonly ParseProblem[]): void {
    for (const { message } of problems)
      if (this.problems.size < 10) this.problems.add(`${this.place.netns}: ${message}`)
  }
}
