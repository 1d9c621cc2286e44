import type { LineComparison } from '../../core/trace/agreement.ts'
import type { ExchangeComparison } from '../../core/trace/compare-reports.ts'
import type { HopComparison } from '../../core/trace/compare-hops.ts'
import type { LiveReport } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { type Lane, mergeLive, stepLines } from './merge-live.ts'
import { buildTimeline, type Direction, type Timeline, type TimelineEvent } from './timeline.ts'

/** A live trace as something to play: the merged report, and its timeline with every event's lane. */
export interface LivePlay {
  readonly report: TraceReport
  readonly timeline: Timeline
}

/** Where an event or a hop is in a report that was merged from a live trace. */
export interface LiveSpot {
  readonly exchange: number
  readonly direction: Direction
  readonly hopIndex: number
}

/** Returns both lanes of a live trace on one timeline: what one side alone does comes where that side does it. */
export function buildLiveTimeline(live: LiveReport): LivePlay {
  const report = mergeLive(live)
  const timeline = buildTimeline(report)
  const events = timeline.events.map((event): TimelineEvent => ({ ...event, lane: laneOf(live, event) }))
  return { report, timeline: { ...timeline, events: events.map((event) => withEnd(live, events, event)) } }
}

/** Returns the comparison of the hop at a spot; null where one side alone has the whole way. */
export function comparedHop(live: LiveReport, spot: LiveSpot): HopComparison | null {
  return live.comparison.exchanges[spot.exchange]?.[spot.direction][spot.hopIndex] ?? null
}

/** Returns the comparison of an event's step; null for a passage without steps, or a way that one side alone has. */
export function comparedStep(live: LiveReport, event: TimelineEvent): LineComparison | null {
  const hop = comparedHop(live, event)
  return hop === null ? null : (stepLines(hop)[event.stepIndex] ?? null)
}

/** Returns the events at which the two sides part first; null where they agree, or where no event shows it. */
export function firstDivergence(live: LiveReport, timeline: Timeline): TimelineEvent | null {
  const { first } = live.comparison
  if (first === null) return null
  const way = timeline.events.filter(
    ({ exchange, direction }) => exchange === first.exchange && direction === first.direction,
  )
  if (first.hop === null) return way.at(-1) ?? null
  const here = way.filter(({ hopIndex }) => hopIndex === first.hop)
  const hop = comparedHop(live, { ...first, hopIndex: first.hop })
  const line = first.line === null ? undefined : hop?.lines[first.line]
  if (hop === null || line === undefined || line.part === 'frame') return here[0] ?? null
  return here[stepLines(hop).indexOf(line)] ?? here[0] ?? null
}

function laneOf(live: LiveReport, event: TimelineEvent): Lane {
  const exchange = live.comparison.exchanges[event.exchange]
  if (exchange === undefined) return 'both'
  const lone = loneSide(live, exchange, event.direction)
  if (lone !== null) return lone
  const hop = comparedHop(live, event)
  const compared = event.stepIndex < 0 ? hop : comparedStep(live, event)
  if (compared === null || compared.predicted === null) return compared === null ? 'both' : 'observed'
  return compared.observed === null ? 'predicted' : 'both'
}

function loneSide(live: LiveReport, exchange: ExchangeComparison, direction: Direction): Lane | null {
  const has = (side: 'predicted' | 'observed') => {
    const index = exchange[side]
    return index !== null && (live[side].exchanges[index]?.[direction] ?? null) !== null
  }
  if (!has('observed')) return 'predicted'
  return has('predicted') ? null : 'observed'
}

/** The observed packet may end before what was predicted of it does: each side has its own last event, and its own fate. */
function withEnd(live: LiveReport, events: readonly TimelineEvent[], event: TimelineEvent): TimelineEvent {
  const alone = event.lane === 'predicted'
  const later = events.some(
    (each) =>
      each.index > event.index &&
      each.exchange === event.exchange &&
      each.direction === event.direction &&
      (each.lane === 'both' || (each.lane === 'predicted') === alone),
  )
  const side = alone ? 'predicted' : 'observed'
  const index = live.comparison.exchanges[event.exchange]?.[side] ?? null
  const trace = index === null ? null : (live[side].exchanges[index]?.[event.direction] ?? null)
  return { ...event, last: !later, disposition: trace?.disposition ?? event.disposition }
}
