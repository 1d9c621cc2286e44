import type { TrafficPiece } from '../../core/parse/live/traffic-stream.ts'
import type { PlannedWatch } from '../../core/watch/plan-watch.ts'
import type { Failure } from '../../protocol/contract.ts'
import type { Source } from '../sources/source.ts'
import type { PacketStore } from './packet-store.ts'
import { PlaceReader } from './place-reader.ts'
import { inodesOf } from './plan-traffic.ts'
import type { TrafficPlan } from './traffic-plan.ts'
import { deafFailure, filterFailure, INTERRUPTED, NO_LISTENER } from './watch-failures.ts'

/** What one listening works with, and whom it tells. */
export interface ListeningParts {
  readonly source: Source
  readonly plan: PlannedWatch
  readonly traffic: TrafficPlan
  readonly store: PacketStore
  /** The number of its first place: those of the listenings before stay known. */
  readonly first: number
  /** Milliseconds since the watch began. */
  readonly elapsed: () => number
  readonly onCapture: (reader: PlaceReader, bytes: Uint8Array) => void
  /** A namespace has gone. */
  readonly onGone: (reader: PlaceReader) => void
  /** Nothing more will come, and why. */
  readonly onEnd: (why: string) => void
}

/** One listening of the helper's: a watch begins another one when its container was started anew. */
export class Listening {
  readonly readers: readonly PlaceReader[]
  /** A text that changes where something else is to be listened to. */
  readonly inodes: string
  readonly #parts: ListeningParts
  readonly #abort = new AbortController()
  #isReady = false
  #lacks: readonly string[] = []
  #running: Promise<void> = Promise.resolve()

  constructor(parts: ListeningParts) {
    this.#parts = parts
    this.readers = parts.plan.places.map((place, index) => new PlaceReader(parts.first + index, place, parts.store))
    this.inodes = inodesOf(parts.plan)
  }

  /** What it does without and why, one sentence each. */
  get lacks(): readonly string[] {
    return this.#lacks
  }

  /** Begins to listen; null when everything does. */
  begin(): Promise<Failure | null> {
    const { source, traffic, onEnd } = this.#parts
    return new Promise((resolve) => {
      const onTraffic = (piece: TrafficPiece): void => {
        if (piece.kind === 'ready') this.#isReady = true
        if (piece.kind === 'refused-filter') resolve(filterFailure(piece.bytes))
        else this.#take(piece)
        // A tcpdump that did not even start has said why before.
        if (piece.kind === 'ready') resolve(this.#whyDeaf())
      }
      const listening = source.listen?.(traffic, onTraffic, this.#abort.signal)
      this.#running = (listening ?? Promise.resolve(NO_LISTENER)).then((outcome) => {
        const failure = outcome.ok ? (this.#isReady ? null : INTERRUPTED) : outcome.failure
        resolve(failure)
        if (!this.#abort.signal.aborted) onEnd(failure?.message ?? 'the helper has ended')
      })
    })
  }

  /** Has the tools ended. */
  abort(): void {
    this.#abort.abort()
  }

  /** Resolves when none of the tools runs any more. */
  async over(): Promise<void> {
    await this.#running
  }

  #whyDeaf(): Failure | null {
    const deaf = this.readers.filter(({ isDeaf }) => isDeaf)
    this.#lacks = deaf.map((reader) => `${reader.place.netns}: ${reader.complaint('tcpdump')}`)
    if (deaf.length < this.readers.length) return null
    this.abort()
    return deafFailure(this.#lacks)
  }

  #take({ kind, place, bytes }: TrafficPiece): void {
    const reader = this.readers[place]
    if (reader === undefined) return
    switch (kind) {
      case 'capture':
        return this.#parts.onCapture(reader, bytes)
      case 'events':
      case 'listing':
        return reader.addEvents(kind, bytes, this.#parts.elapsed())
      case 'capture-words':
        return reader.addWords('tcpdump', bytes)
      case 'conntrack-words':
        return reader.addWords('conntrack', bytes)
      case 'tool-ended':
        return this.#noteEnd(reader, new TextDecoder().decode(bytes))
      case 'place-gone':
        reader.isGone = true
        return this.#parts.onGone(reader)
      case 'ready':
      case 'refused-filter':
        return
      default:
        return kind satisfies never
    }
  }

  #noteEnd(reader: PlaceReader, words: string): void {
    const [tool, status] = words.split(' ')
    if (this.#abort.signal.aborted || reader.isGone || tool === 'list' || tool === undefined) return
    if (tool === 'tcpdump') reader.isDeaf = true
    const said = reader.complaint(tool === 'tcpdump' ? 'tcpdump' : 'conntrack')
    const why = `${reader.place.netns}: ${tool} ended (${said || `status ${status}`})`
    this.#lacks = [...this.#lacks, why]
    if (this.#isReady && this.readers.every((one) => one.isDeaf || one.isGone)) this.#parts.onEnd(why)
  }
}
