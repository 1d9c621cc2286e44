import type { Exchange } from '../../core/trace/trace-report.ts'
import { placeKey } from '../playback/place.ts'
import { at, eventIndexAt, type Leg, type Moment, type TimelineEvent } from '../playback/timeline.ts'
import type { AppState } from './store.ts'

/** Returns the index of the current event, -1 without a report. Cheap, and stable while an event plays. */
export function selectEventIndex(state: AppState): number {
  return eventIndexAt(state.timeline, state.playback.position)
}

/** Returns the current event (the same object while it plays), null without a report. */
export function selectEvent(state: AppState): TimelineEvent | null {
  return state.timeline.events[selectEventIndex(state)] ?? null
}

/** Returns the question or answer that is playing, null without a report. */
export function selectLeg(state: AppState): Leg | null {
  const event = selectEvent(state)
  if (event === null) return null
  return state.timeline.legs.find((leg) => leg.lastEvent >= event.index) ?? null
}

/** Returns the exchange that is playing, null without a report. */
export function selectExchange(state: AppState): Exchange | null {
  const event = selectEvent(state)
  return event === null ? null : (state.report?.exchanges[event.exchange] ?? null)
}

/** Returns everything about the current position. A new object each time: for one-off reads, not for a hook. */
export function selectMoment(state: AppState): Moment | null {
  return at(state.timeline, state.playback.position)
}

/** Returns the key of the device at which the packet was seen that is looked at; null for none, and while they are replayed. */
export function selectLookedAt({ mode, watch }: AppState): string | null {
  const packet = mode === 'watch' && watch.cursor !== null ? watch.packets.get(watch.cursor) : undefined
  if (packet === undefined || packet.netns === null || watch.replay.playing) return null
  return placeKey({ kind: 'device', netns: packet.netns, device: packet.device })
}
