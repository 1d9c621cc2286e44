import type { Hop } from '../../../core/trace/trace-report.ts'
import type { Timeline, TimelineEvent } from '../../playback/timeline.ts'

/**
 * Returns a timeline up to one of its events, that included, as if nothing were known of what comes: the last hop has no
 * later steps, and the last leg no end.
 */
export function cutTimeline(timeline: Timeline, last: number): Timeline {
  const end = timeline.events[last]
  if (end === undefined || last === timeline.events.length - 1) return timeline
  const hop: Hop = { ...end.hop, steps: end.hop.steps.slice(0, end.stepIndex + 1) }
  const known = (event: TimelineEvent): TimelineEvent => (event.tick === end.tick ? { ...event, hop } : event)
  return {
    events: timeline.events.slice(0, last + 1).map(known),
    ticks: timeline.ticks
      .filter(({ firstEvent }) => firstEvent <= last)
      .map((tick) => (tick.lastEvent > last ? { ...tick, hop, lastEvent: last } : tick)),
    legs: timeline.legs
      .filter(({ firstEvent }) => firstEvent <= last)
      .map((leg) =>
        leg.lastEvent > last ? { ...leg, disposition: 'cannot-tell', reason: '', lastEvent: last, end: end.end } : leg,
      ),
    duration: end.end,
  }
}
