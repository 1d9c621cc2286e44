import type { Capture } from '../../core/capture/capture.ts'
import type { HostState } from '../../core/host/host-state.ts'
import { planWatch, type PlannedWatch } from '../../core/watch/plan-watch.ts'
import type { WatchFlow, WatchInfo, WatchPacket, WatchStage, WatchUpdate } from '../../core/watch/watch.ts'
import type { Failure, Outcome, WatchQuestion } from '../../protocol/contract.ts'
import type { Source } from '../sources/source.ts'
import { DeviceNames } from './device-names.ts'
import { FlowTeller } from './flow-teller.ts'
import { describeKept } from './kept-packet.ts'
import { Listening } from './listening.ts'
import { makeCapture } from './make-capture.ts'
import type { OwnPackets } from './own-packets.ts'
import { PacketStore } from './packet-store.ts'
import type { PlaceReader } from './place-reader.ts'
import { inodesOf, planTraffic } from './plan-traffic.ts'
import type { OwnTraffic, TrafficPlan } from './traffic-plan.ts'

/** What a watch needs of the backend. */
export interface WatchParts {
  readonly id: string
  readonly question: WatchQuestion
  readonly source: Source
  readonly own: OwnPackets
  readonly onUpdate: (update: WatchUpdate) => void
}

/** Time between two updates, in milliseconds. */
const UPDATE_EVERY = 250

/** How long what ended stays in the table, and what nobody tracks and nobody sends any more. */
const AFTER_END = 30_000
const AFTER_SILENCE = 120_000

/** Traffic as it is, of one target. */
export class TrafficWatch {
  readonly #parts: WatchParts
  readonly #store: PacketStore
  readonly #devices = new DeviceNames()
  readonly #teller: FlowTeller
  readonly #began = performance.now()
  readonly #ownTraffic: readonly OwnTraffic[]
  #plan: PlannedWatch
  #run: Listening | null = null
  /** Of runs that are over. */
  readonly #past: PlaceReader[] = []
  #stage: WatchStage = 'starting'
  #problem: string | null = null
  #paused = 0
  #timer: NodeJS.Timeout | null = null
  #told = performance.now()

  constructor(parts: WatchParts, plan: PlannedWatch, state: HostState) {
    this.#parts = parts
    this.#plan = plan
    this.#ownTraffic = parts.source.ownTraffic?.() ?? []
    const { ringBytes, filter } = parts.question
    const listsAll = plan.listsAll && filter === ''
    this.#store = new PacketStore({ ringBytes, listsAll, own: parts.own })
    this.#teller = new FlowTeller(this.#store.table, state)
    this.#devices.learn(state)
  }

  get #elapsed(): number {
    return performance.now() - this.#began
  }

  /** Resolves when everything listens, or with why it does not. */
  async start(): Promise<Outcome<WatchInfo>> {
    const failure = await this.#listen()
    if (failure !== null) {
      this.#stage = 'ended'
      this.#run?.abort()
      return { ok: false, failure }
    }
    if (this.#stage === 'starting') this.#stage = 'running'
    this.#timer = setInterval(() => this.#tell(), UPDATE_EVERY)
    this.#tell()
    return { ok: true, value: this.info() }
  }

  info(): WatchInfo {
    const { id, question } = this.#parts
    const plan = this.#trafficPlan()
    const problems = this.#readers().flatMap((reader) => [...reader.problems])
    return {
      id,
      target: question.target,
      label: this.#plan.label,
      filter: question.filter,
      ringBytes: question.ringBytes,
      stage: this.#stage,
      problem: this.#problem,
      places: this.#plan.places.map(({ netns }, index) => ({
        netns: netns.name,
        filter: plan.places[index]?.filter ?? '',
      })),
      lacks: [...this.#plan.lacks, ...(this.#run?.lacks ?? []), ...problems],
      leftOut: ['live traces of this Hopwire, and its questions for names', ...this.#ownTraffic.map(({ why }) => why)],
    }
  }

  #readers(): readonly PlaceReader[] {
    return [...this.#past, ...(this.#run?.readers ?? [])]
  }

  #trafficPlan(): TrafficPlan {
    return planTraffic(this.#plan, this.#parts.question, this.#ownTraffic)
  }

  /** Begins to listen; null when everything does. */
  #listen(): Promise<Failure | null> {
    const run: Listening = new Listening({
      source: this.#parts.source,
      plan: this.#plan,
      traffic: this.#trafficPlan(),
      store: this.#store,
      first: this.#readers().length,
      elapsed: () => this.#elapsed,
      onCapture: (reader, bytes) => this.#takeCapture(reader, bytes),
      onGone: (reader) => this.#notePlaceGone(reader),
      onEnd: (why) => {
        // What was kept stays.
        if (this.#run === run) this.#end(why)
      },
    })
    this.#run = run
    return run.begin()
  }

  #takeCapture(reader: PlaceReader, bytes: Uint8Array): void {
    const paused = this.#stage === 'paused'
    const count = reader.addCapture(bytes, this.#elapsed, paused)
    if (paused) this.#paused += count
  }

  #notePlaceGone(reader: PlaceReader): void {
    this.#problem = `${reader.place.netns} has stopped; it is watched again when it starts`
    if (this.#run?.readers.every(({ isGone }) => isGone) === true && this.#parts.question.target.kind === 'network')
      this.#problem = 'all containers that were listened to have stopped'
    this.#tell()
  }

  /** Takes a new state of the host: names change, and what was listened to may have been started anew. */
  onState(state: HostState): void {
    this.#devices.learn(state)
    this.#teller.learn(state)
    if (this.#stage === 'ended' || this.#stage === 'starting' || this.#run === null) return
    const planned = planWatch(state, this.#parts.question.target)
    // What is gone now may come back.
    if (!planned.ok || inodesOf(planned.plan) === this.#run.inodes) return
    this.#plan = planned.plan
    void this.#listenAgain(this.#run)
  }

  async #listenAgain(before: Listening): Promise<void> {
    this.#past.push(...before.readers)
    this.#run = null
    before.abort()
    const failure = await this.#listen()
    if (failure === null) this.#problem = null
    else if (this.#stage !== 'ended') this.#end(failure.message)
  }

  pause(): WatchInfo {
    if (this.#stage === 'running') this.#become('paused')
    return this.info()
  }

  resume(): WatchInfo {
    if (this.#stage === 'paused') this.#become('running')
    return this.info()
  }

  #become(stage: WatchStage): void {
    this.#stage = stage
    this.#tell()
  }

  /** Ends the tools; resolves when none of them runs any more. */
  async stop(problem: string | null = null): Promise<WatchInfo> {
    if (this.#stage === 'ended') return this.info()
    this.#run?.abort()
    await this.#run?.over()
    this.#end(problem ?? this.#problem)
    return this.info()
  }

  #end(problem: string | null): void {
    if (this.#stage === 'ended') return
    this.#run?.abort()
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    this.#problem = problem
    this.#become('ended')
  }

  #tell(): void {
    const now = performance.now()
    const elapsed = this.#elapsed
    const interval = now - this.#told
    this.#told = now
    const { table, ring, meter } = this.#store
    if (this.#stage === 'running') table.expire(elapsed, AFTER_END, AFTER_SILENCE)
    const flows = this.#teller.changed(elapsed)
    const { hops, moves } = meter.take(interval, ({ place, deviceIndex }) => this.#placeOf(place, deviceIndex))
    this.#parts.onUpdate({
      id: this.#parts.id,
      stage: this.#stage,
      problem: this.#problem,
      elapsed: Math.round(elapsed),
      interval: Math.round(interval),
      totals: this.#store.totals({
        lost: this.#readers().reduce((sum, { lost }) => sum + lost, 0),
        paused: this.#paused,
      }),
      ring: ring.extent(),
      flows,
      gone: table.takeGone(),
      hops,
      moves,
    })
  }

  #placeOf(place: number, deviceIndex: number | null): { readonly netns: string; readonly device: string } {
    const netns = this.#readers()[place]?.netns
    return { netns: netns?.name ?? '', device: netns === undefined ? '' : this.#devices.nameOf(netns.id, deviceIndex) }
  }

  flows(): readonly WatchFlow[] {
    return this.#teller.all()
  }

  packets(from: number, count: number) {
    const { ring } = this.#store
    const find = (origin: number, index: number | null) => this.#placeOf(origin, index)
    const packets: readonly WatchPacket[] = ring.read(from, count).map((kept) => describeKept(kept, find))
    return { packets, first: ring.first, next: ring.next }
  }

  /** Returns what was kept, as it is to be exported. */
  capture(state: HostState | null): Capture {
    const { ring } = this.#store
    const kept = ring.read(ring.first, ring.next - ring.first).filter(({ flow }) => !this.#isOwn(flow))
    return makeCapture(kept, (origin, index) => this.#placeOf(origin, index), state, [`watched: ${this.#plan.label}`])
  }

  #isOwn(flow: number | null): boolean {
    return flow !== null && this.#store.table.get(flow)?.own === true
  }
}
