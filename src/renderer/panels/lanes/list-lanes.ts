import type { Agreement } from '../../../core/trace/agreement.ts'
import type { LiveReport } from '../../../core/trace/live-report.ts'
import type { Hop, Trace } from '../../../core/trace/trace-report.ts'
import { comparedHop } from '../../playback/live-timeline.ts'
import type { Leg, Timeline } from '../../playback/timeline.ts'
import { placeOfHop } from '../inspector/title-hop.ts'

/** One hop of one lane. */
export interface LaneCell {
  readonly name: string
  readonly verdict: Agreement
  /** What differs, or why there is nothing to compare; null where both agree. */
  readonly remark: string | null
}

/** One hop of both lanes; null where a lane does not come by. `delay`: microseconds since the frame seen before. */
export interface LaneColumn {
  readonly hopIndex: number
  readonly firstEvent: number
  readonly start: number
  readonly end: number
  readonly predicted: LaneCell | null
  readonly observed: LaneCell | null
  readonly delay: number | null
  /** The two sides part here for the first time. */
  readonly parts: boolean
}

/** Returns the hops of one packet of the conversation, those of both sides below each other. */
export function listLanes(live: LiveReport, timeline: Timeline, leg: Leg): readonly LaneColumn[] {
  const ticks = timeline.ticks.filter(
    ({ exchange, direction }) => exchange === leg.exchange && direction === leg.direction,
  )
  const compared = live.comparison.exchanges[leg.exchange]
  const left = traceOf(live, 'predicted', leg)
  const right = traceOf(live, 'observed', leg)
  const { first } = live.comparison
  return ticks.map((tick) => {
    const hop = comparedHop(live, tick)
    const alone = { verdict: compared?.verdict ?? 'not-observable', remark: compared?.remark ?? null }
    const cell = (trace: Trace | null, index: number | null): LaneCell | null => {
      const own = trace === null || index === null ? undefined : trace.hops[index]
      if (own === undefined) return null
      return { name: shortPlace(own), verdict: hop?.verdict ?? alone.verdict, remark: hop?.remark ?? alone.remark }
    }
    const predicted = cell(left, hop === null ? tick.hopIndex : hop.predicted)
    const observedAt = hop === null ? tick.hopIndex : hop.observed
    const observed = cell(right, observedAt)
    const here = first !== null && first.exchange === leg.exchange && first.direction === leg.direction
    return {
      hopIndex: tick.hopIndex,
      firstEvent: tick.firstEvent,
      start: tick.position,
      end: timeline.events[tick.lastEvent]?.end ?? tick.position,
      predicted,
      observed,
      delay: observed === null ? null : delayOf(live, right?.hops[observedAt ?? -1]),
      parts: here && (first.hop === null ? tick === ticks.at(-1) : first.hop === tick.hopIndex),
    }
  })
}

function traceOf(live: LiveReport, side: 'predicted' | 'observed', leg: Leg): Trace | null {
  const index = live.comparison.exchanges[leg.exchange]?.[side] ?? null
  return index === null ? null : (live[side].exchanges[index]?.[leg.direction] ?? null)
}

/** Returns a hop's name where room is scarce: its device, or whose stack it is. */
function shortPlace(hop: Hop): string {
  if (hop.device === null) return placeOfHop(hop)
  const where = hop.netns.replace(/^(container|sandbox):/, '')
  return where === 'host' ? hop.device : `${where} ${hop.device}`
}

/** Microseconds between the first frame seen at a hop and the last one seen anywhere before it; null where none was seen. */
function delayOf({ observed }: LiveReport, hop: Hop | undefined): number | null {
  const at = hop?.frames.find((frame) => frame.at !== undefined)?.at
  if (at === undefined) return null
  let before = Number.NEGATIVE_INFINITY
  for (const { forward, reply } of observed.exchanges)
    for (const each of [...forward.hops, ...(reply?.hops ?? [])])
      for (const frame of each.frames) if (frame.at !== undefined && frame.at < at) before = Math.max(before, frame.at)
  return before === Number.NEGATIVE_INFINITY ? 0 : at - before
}

/** Returns microseconds in at most six characters: `4.7 µs`, `83 µs`, `1.2 ms`, `3.1 s`. */
export function formatDelay(microseconds: number): string {
  if (microseconds < 10) return `${microseconds.toFixed(1)} µs`
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`
  if (microseconds < 1_000_000) return `${(microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0)} ms`
  return `${(microseconds / 1_000_000).toFixed(1)} s`
}

/** Returns where a lane's marker is, in columns: a lane that has ended, or does not come by, waits at its last hop. */
export function markerAt(columns: readonly LaneColumn[], lane: 'predicted' | 'observed', position: number): number {
  const current = columns.findLastIndex((column) => column.start <= position)
  const own = columns.findLastIndex((column, index) => index <= Math.max(0, current) && column[lane] !== null)
  const column = columns[own]
  if (column === undefined) return 0
  if (own < current) return own + 0.5
  const length = column.end - column.start
  return own + (length === 0 ? 0.5 : Math.min(1, Math.max(0, (position - column.start) / length)))
}
