import type { Packet } from '../../core/net/packet.ts'
import type { Disposition } from '../../core/trace/disposition.ts'
import type { Step } from '../../core/trace/step.ts'
import type { Exchange, Hop, Trace, TraceReport } from '../../core/trace/trace-report.ts'
import { applyDiff } from './apply-diff.ts'
import { dwellUnits, travelUnits } from './durations.ts'
import type { Lane } from './merge-live.ts'
import { type Place, placesOfHop } from './place.ts'

export type Direction = 'forward' | 'reply'

/**
 * One step of one hop, in play order. Times are abstract units from the start of the whole conversation: the packet
 * travels from the place of the event before it during `start..arrive` and is at `place` during `arrive..end`. `settle`
 * is a position at which everything that the step does is visible: where selecting the event moves the scrubber.
 */
export interface TimelineEvent {
  readonly index: number
  readonly exchange: number
  readonly direction: Direction
  /** Index into the trace's hops, and the step's index in that hop; `stepIndex` is -1 for a hop without steps. */
  readonly hopIndex: number
  readonly stepIndex: number
  /** Index into `Timeline.ticks`. */
  readonly tick: number
  readonly hop: Hop
  readonly step: Step | null
  readonly place: Place
  /** Null for the first event of a packet: it appears there, it does not travel. */
  readonly from: Place | null
  readonly start: number
  readonly arrive: number
  readonly settle: number
  readonly end: number
  readonly before: Packet
  readonly after: Packet
  /** True for the last event of a trace. */
  readonly last: boolean
  readonly disposition: Disposition
  /** Whose step it is: of a live trace's both sides or of one alone. A report by itself has nothing but `both`. */
  readonly lane: Lane
}

/** One hop on the scrubber: `firstEvent..lastEvent` are its events. */
export interface HopTick {
  readonly index: number
  readonly exchange: number
  readonly direction: Direction
  readonly hopIndex: number
  readonly hop: Hop
  readonly position: number
  readonly firstEvent: number
  readonly lastEvent: number
}

/** One packet's whole way on the scrubber: an exchange's question or its answer. */
export interface Leg {
  readonly index: number
  readonly exchange: number
  readonly direction: Direction
  readonly label: string
  readonly protocol: Exchange['protocol']
  readonly main: boolean
  readonly disposition: Disposition
  readonly reason: string
  readonly start: number
  readonly end: number
  readonly firstEvent: number
  readonly lastEvent: number
}

/** A report as something to play. An empty report gives no events and a duration of 0. */
export interface Timeline {
  readonly events: readonly TimelineEvent[]
  readonly ticks: readonly HopTick[]
  readonly legs: readonly Leg[]
  readonly duration: number
}

/** That of no report. */
export const EMPTY_TIMELINE: Timeline = { events: [], ticks: [], legs: [], duration: 0 }

/** What is shown at one position. `progress` is 0..1 of the travel (1 while dwelling), `dwell` 0..1 of the stay. */
export interface Moment {
  readonly event: TimelineEvent
  readonly leg: Leg
  readonly phase: 'travel' | 'dwell'
  readonly progress: number
  readonly dwell: number
  /** The headers to show: those before the step while it travels, after it once it has happened. */
  readonly packet: Packet
}

/** The headers change at this share of an event's stay. */
export const CHANGE_AT = 0.35

interface Draft {
  readonly events: TimelineEvent[]
  readonly ticks: HopTick[]
  readonly legs: Leg[]
  clock: number
}

/** Returns the whole conversation of a report in play order: each exchange's forward way, then its reply. */
export function buildTimeline(report: TraceReport): Timeline {
  const draft: Draft = { events: [], ticks: [], legs: [], clock: 0 }
  report.exchanges.forEach((exchange, index) => {
    addLeg(draft, exchange, index, 'forward', exchange.forward)
    if (exchange.reply !== null) addLeg(draft, exchange, index, 'reply', exchange.reply)
  })
  return { events: draft.events, ticks: draft.ticks, legs: draft.legs, duration: draft.clock }
}

function addLeg(draft: Draft, exchange: Exchange, index: number, direction: Direction, trace: Trace): void {
  const firstEvent = draft.events.length
  const start = draft.clock
  trace.hops.forEach((_, hopIndex) => addHop(draft, index, direction, trace, hopIndex))
  if (draft.events.length === firstEvent) return
  draft.legs.push({
    index: draft.legs.length,
    exchange: index,
    direction,
    label: exchange.label,
    protocol: exchange.protocol,
    main: exchange.main,
    disposition: trace.disposition,
    reason: trace.reason,
    start,
    end: draft.clock,
    firstEvent,
    lastEvent: draft.events.length - 1,
  })
}

function addHop(draft: Draft, exchange: number, direction: Direction, trace: Trace, hopIndex: number): void {
  const hop = trace.hops[hopIndex] as Hop
  const firstEvent = draft.events.length
  const tick = draft.ticks.length
  const position = draft.clock
  let packet = hop.packet
  placesOfHop(hop, farAddress(trace, hop)).forEach((place, stepIndex) => {
    const step = hop.steps[stepIndex] ?? null
    const before = step?.kind === 'originate' ? step.packet : packet
    packet = step === null ? before : applyDiff(before, step.diff)
    const first = hopIndex === 0 && stepIndex === 0
    const from = first ? null : (draft.events.at(-1)?.place ?? null)
    const last = hopIndex === trace.hops.length - 1 && stepIndex >= hop.steps.length - 1
    const where = {
      exchange,
      direction,
      hopIndex,
      stepIndex: step === null ? -1 : stepIndex,
      tick,
      hop,
      step,
      place,
      from,
    }
    addEvent(draft, { ...where, before, after: packet, last, disposition: trace.disposition, lane: 'both' })
  })
  const lastEvent = draft.events.length - 1
  draft.ticks.push({ index: tick, exchange, direction, hopIndex, hop, position, firstEvent, lastEvent })
}

/** Gives an event its times and moves the clock to its end. */
function addEvent(draft: Draft, event: Omit<TimelineEvent, 'index' | 'start' | 'arrive' | 'settle' | 'end'>): void {
  const start = draft.clock
  const arrive = start + (event.from === null ? 0 : travelUnits(event.from, event.place))
  const end = arrive + dwellUnits(event.step)
  draft.clock = end
  draft.events.push({ ...event, index: draft.events.length, start, arrive, settle: arrive + (end - arrive) * 0.7, end })
}

/** The address by which the outside is known in this trace: the destination on the way out, the source on the way in. */
function farAddress(trace: Trace, hop: Hop): string {
  return trace.hops[0] === hop ? hop.packet.src : hop.packet.dst
}

/** Returns the index of the event at a position (clamped to the ends); -1 for a timeline without events. */
export function eventIndexAt(timeline: Timeline, position: number): number {
  let low = 0
  let high = timeline.events.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((timeline.events[middle] as TimelineEvent).start <= position) low = middle
    else high = middle - 1
  }
  return high
}

/** Returns what is shown at a position in units (clamped to the ends); null for a timeline without events. */
export function at(timeline: Timeline, position: number): Moment | null {
  const event = timeline.events[eventIndexAt(timeline, position)]
  if (event === undefined) return null
  const leg = timeline.legs.find((each) => each.lastEvent >= event.index) as Leg
  const travel = event.arrive - event.start
  const progress = travel === 0 ? 1 : clamp01((position - event.start) / travel)
  const stay = event.end - event.arrive
  const dwell = stay === 0 ? 1 : clamp01((position - event.arrive) / stay)
  const phase = position < event.arrive ? 'travel' : 'dwell'
  const packet = phase === 'dwell' && dwell >= CHANGE_AT ? event.after : event.before
  return { event, leg, phase, progress, dwell, packet }
}

/** Returns the settle position of the first event of the hop before or after the one at a position. */
export function neighbouringHop(timeline: Timeline, position: number, by: 1 | -1): number {
  const event = timeline.events[eventIndexAt(timeline, position)]
  if (event === undefined) return 0
  const tick = timeline.ticks[Math.min(timeline.ticks.length - 1, Math.max(0, event.tick + by))] as HopTick
  return (timeline.events[tick.firstEvent] as TimelineEvent).settle
}

/** Returns the settle position of the event before or after the one at a position. */
export function neighbouringStep(timeline: Timeline, position: number, by: 1 | -1): number {
  const index = eventIndexAt(timeline, position)
  if (index < 0) return 0
  return (timeline.events[Math.min(timeline.events.length - 1, Math.max(0, index + by))] as TimelineEvent).settle
}

function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value))
}
