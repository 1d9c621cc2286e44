import type { AppState, AppStore } from '../store/store.ts'

/** The part of a window that drives playback; a test supplies its own. */
export interface Frames {
  requestAnimationFrame(callback: (time: number) => void): number
  cancelAnimationFrame(handle: number): void
}

/** A frame that comes later than this (a hidden window, a debugger) counts as this long. */
const LONGEST_FRAME = 100

interface Player {
  readonly isPlaying: (state: AppState) => boolean
  /** Before the first frame of each playing. */
  readonly onStart?: () => void
  /** Moves on by the milliseconds since the frame before; 0 for the first. */
  readonly onFrame: (elapsed: number) => void
}

/** Asks for frames while the store plays, and only then. Returns a function that stops it for good. */
export function runFrames(store: AppStore, frames: Frames, { isPlaying, onStart, onFrame }: Player): () => void {
  let handle: number | null = null
  let before: number | null = null
  const tick = (time: number) => {
    const elapsed = before === null ? 0 : Math.min(LONGEST_FRAME, time - before)
    before = time
    handle = frames.requestAnimationFrame(tick)
    onFrame(elapsed)
  }
  const follow = () => {
    const playing = isPlaying(store.getState())
    if (playing && handle === null) {
      before = null
      onStart?.()
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
