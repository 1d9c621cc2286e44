import { randomBytes } from 'node:crypto'
import type { Capture } from '../../core/capture/capture.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { planWatch } from '../../core/watch/plan-watch.ts'
import type { WatchFlow, WatchInfo, WatchPacket, WatchUpdate } from '../../core/watch/watch.ts'
import type { Outcome, WatchQuestion } from '../../protocol/contract.ts'
import type { Source } from '../sources/source.ts'
import type { OwnPackets } from './own-packets.ts'
import { TrafficWatch } from './traffic-watch.ts'

/** A watch that is under way, or a capture that was read from a file. */
export interface OpenWatch {
  info(): WatchInfo
  flows(): readonly WatchFlow[]
  packets(
    from: number,
    count: number,
  ): { readonly packets: readonly WatchPacket[]; readonly first: number; readonly next: number }
  capture(state: HostState | null): Capture
}

/** What the desk needs of the backend. */
export interface DeskParts {
  readonly source: Source
  readonly own: OwnPackets
  readonly onUpdate: (update: WatchUpdate) => void
  /** Whether anybody listens to updates. */
  readonly isHeard: () => boolean
}

/** Watches that are kept at once; beyond it the oldest that has ended is forgotten. */
const MOST_WATCHES = 12

/** How long a watch goes on without anybody who listens to it (a page is reloaded), in milliseconds. */
const UNHEARD = 10_000
const LOOK_EVERY = 2000

/** Has all watches of one backend. */
export class WatchDesk {
  readonly #parts: DeskParts
  readonly #watches = new Map<string, OpenWatch>()
  #timer: NodeJS.Timeout | null = null
  #heard = 0
  #closed = false

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** Begins a watch; resolves when everything listens. */
  async start(question: WatchQuestion, state: HostState): Promise<Outcome<WatchInfo>> {
    const planned = planWatch(state, question.target)
    if (!planned.ok) {
      const { message, hint } = planned
      return { ok: false, failure: { code: 'unknown-endpoint', message, hint, at: 'target' } }
    }
    if (this.#closed) return { ok: false, failure: { code: 'cancelled', message: 'the backend was closed' } }
    const id = newWatchId()
    const { source, own, onUpdate } = this.#parts
    const watch = new TrafficWatch({ id, question, source, own, onUpdate }, planned.plan, state)
    this.#watches.set(id, watch)
    this.#heard = performance.now()
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY).unref()
    const started = await watch.start()
    if (!started.ok) this.#watches.delete(id)
    this.#makeRoom()
    return started
  }

  /** Takes up a capture of a file. */
  add(watch: OpenWatch): void {
    this.#watches.set(watch.info().id, watch)
    this.#makeRoom()
  }

  list(): readonly OpenWatch[] {
    return [...this.#watches.values()]
  }

  get(id: string): Outcome<OpenWatch> {
    const watch = this.#watches.get(id)
    if (watch !== undefined) return { ok: true, value: watch }
    return { ok: false, failure: { code: 'bad-params', message: 'there is no such watch, or no longer', at: 'id' } }
  }

  /** Ends a watch, and its tools, and forgets what it kept. */
  async forget(id: string): Promise<void> {
    const watch = this.#watches.get(id)
    this.#watches.delete(id)
    if (watch instanceof TrafficWatch) await watch.stop()
  }

  onState(state: HostState): void {
    for (const watch of this.#live()) watch.onState(state)
  }

  /** Ends all. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer !== null) clearInterval(this.#timer)
    await Promise.all(this.#live().map((watch) => watch.stop()))
  }

  #live(): readonly TrafficWatch[] {
    return this.list().filter((watch) => watch instanceof TrafficWatch)
  }

  /** Whoever asked for them has gone: without this a closed page would leave its tools running. */
  #look(): void {
    const now = performance.now()
    if (this.#parts.isHeard()) this.#heard = now
    if (now - this.#heard < UNHEARD) return
    for (const watch of this.#live()) void watch.stop('nobody listened any more')
  }

  #makeRoom(): void {
    for (const [id, watch] of this.#watches) {
      if (this.#watches.size <= MOST_WATCHES) return
      if (watch.info().stage === 'ended') this.#watches.delete(id)
    }
  }
}

/** Returns an id that no other watch has. */
export function newWatchId(): string {
  return randomBytes(6).toString('hex')
}
