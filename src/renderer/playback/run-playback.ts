import type { AppStore } from '../store/store.ts'
import { UNIT_MILLISECONDS } from './durations.ts'
import { eventIndexAt, type Timeline, type TimelineEvent } from './timeline.ts'

/** The part of a window that drives playback; a test supplies its own. */
export interface Frames {
  requestAnimationFrame(callback: (time: number) => void): number
  cancelAnimationFrame(handle: number): void
}

/** A frame that comes later than this (a hidden window, a debugger) counts as this long. */
const LONGEST_FRAME = 100

/**
 * Moves the store's position on while it plays, until the end, where it pauses. Asks for frames only while playing.
 * Returns a function that stops it for good.
 */
export function runPlayback(store: AppStore, frames: Frames): () => void {
  let handle: number | null = null
  let before: number | null = null
  const tick = (time: number) => {
    const elapsed = before === null ? 0 : Math.min(LONGEST_FRAME, time - before)
    before = time
    handle = frames.requestAnimationFrame(tick)
    const { playback, timeline } = store.getState()
    const next = playback.position + (elapsed / UNIT_MILLISECONDS) * playback.speed
    store.getState().seek(next)
    if (next >= timeline.duration) store.getState().pause()
  }
  const follow = () => {
    const { playing } = store.getState().playback
    if (playing && handle === null) {
      before = null
      handle = frames.requestAnimationFrame(tick)
    } else if (!playing && handle !== null) {
      frames.cancelAnimationFrame(handle)
      handle = null
    }
  }
  const unsubscribe = store.subscribe(follow)
  follow()
  return () => {
    unsubscribe()
    if (handle !== null) frames.cancelAnimationFrame(handle)
    handle = null
  }
}

/** Returns the position to draw: with reduced motion an event is shown at its place from its first moment on. */
export function shownPosition(timeline: Timeline, position: number, reducedMotion: boolean): number {
  if (!reducedMotion) return position
  const event: TimelineEvent | undefined = timeline.events[eventIndexAt(timeline, position)]
  return event === undefined ? position : Math.max(position, event.settle)
}
