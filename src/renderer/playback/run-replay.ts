import type { WatchPacket } from '../../core/watch/watch.ts'
import type { AppStore } from '../store/store.ts'
import type { WatchData } from '../store/watch-data.ts'
import { type Frames, runFrames } from './run-frames.ts'

/** A silence that is longer is cut short: nobody wants to look at an empty picture, milliseconds. */
const LONGEST_SILENCE = 700
/** Fetched ahead of the packet that is shown. */
const AHEAD = 400
/** A frame passes at most so many packets; a burst takes a few frames. */
const MOST_IN_A_FRAME = 400

/**
 * Passes the packets of the watch on show one after the other at their own pace, while its replay plays, until the last
 * one, where it pauses. Packets that have not come yet are waited for. Returns what stops it for good.
 */
export function runReplay(store: AppStore, frames: Frames): () => void {
  /** Milliseconds that have gone by since the packet at the cursor. */
  let waited = 0
  return runFrames(store, frames, {
    isPlaying: ({ watch }) => watch.replay.playing,
    onStart: () => void (waited = 0),
    onFrame: (elapsed) => {
      const { watch, fetchPackets, passPackets, pauseReplay } = store.getState()
      const from = watch.cursor ?? watch.kept.first
      fetchPackets(from, from + AHEAD)
      const step = advance(watch, waited + elapsed * watch.replay.speed)
      waited = step.waited
      if (step.passed.length > 0) passPackets(step.passed, step.cursor)
      if (step.cursor >= watch.kept.next - 1) pauseReplay()
    },
  })
}

interface Advance {
  readonly passed: readonly WatchPacket[]
  readonly cursor: number
  readonly waited: number
}

/** Returns the packets that are passed in some milliseconds after the one at the cursor, and what is left of that time. */
export function advance({ cursor, kept, packets }: WatchData, milliseconds: number): Advance {
  const passed: WatchPacket[] = []
  let left = milliseconds
  let at = cursor ?? kept.first - 1
  while (at < kept.next - 1 && passed.length < MOST_IN_A_FRAME) {
    const next = packets.get(at + 1)
    if (next === undefined) return { passed, cursor: at, waited: 0 }
    const last = packets.get(at)
    const silence = last === undefined ? 0 : Math.max(0, Math.min(LONGEST_SILENCE, between(last, next)))
    if (left < silence) break
    left -= silence
    passed.push(next)
    at++
  }
  return { passed, cursor: at, waited: passed.length >= MOST_IN_A_FRAME ? 0 : left }
}

function between(a: WatchPacket, b: WatchPacket): number {
  return (b.seconds - a.seconds) * 1000 + (b.nanoseconds - a.nanoseconds) / 1e6
}
