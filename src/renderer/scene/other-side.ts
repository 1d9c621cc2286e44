import type { Moment, Timeline } from '../playback/timeline.ts'

/**
 * Returns where the other side's packet has stayed while one side's moves alone: at the last thing that happened to it on
 * this way. Null while both are one, and before the other has begun.
 */
export function otherSide(timeline: Timeline, moment: Moment): Moment | null {
  const { event, leg } = moment
  if (event.lane === 'both') return null
  const before = timeline.events.slice(leg.firstEvent, event.index)
  const last = before.findLast(({ lane }) => lane !== event.lane)
  return last === undefined ? null : { event: last, leg, phase: 'dwell', progress: 1, dwell: 1, packet: last.after }
}
