import type { AppStore } from '../store/store.ts'
import { UNIT_MILLISECONDS } from './durations.ts'
import { type Frames, runFrames } from './run-frames.ts'
import { eventIndexAt, type Timeline, type TimelineEvent } from './timeline.ts'

/**
 * Moves the store's position on while it plays, until the end, where it pauses. Asks for frames only while playing.
 * Returns a function that stops it for good.
 */
export function runPlayback(store: AppStore, frames: Frames): () => void {
  return runFrames(store, frames, {
    isPlaying: ({ playback }) => playback.playing,
    onFrame: (elapsed) => {
      const { playback, timeline } = store.getState()
      const next = playback.position + (elapsed / UNIT_MILLISECONDS) * playback.speed
      store.getState().seek(next)
      if (next >= timeline.duration) store.getState().pause()
    },
  })
}

/** Returns the position to draw: with reduced motion an event is shown at its place from its first moment on. */
export function shownPosition(timeline: Timeline, position: number, reducedMotion: boolean): number {
  if (!reducedMotion) return position
  const event: TimelineEvent | undefined = timeline.events[eventIndexAt(timeline, position)]
  return event === undefined ? position : Math.max(position, event.settle)
}
