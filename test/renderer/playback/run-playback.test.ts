import { describe, expect, it } from 'vitest'
import { UNIT_MILLISECONDS } from '../../../src/renderer/playback/durations.ts'
import type { Frames } from '../../../src/renderer/playback/run-frames.ts'
import { runPlayback, shownPosition } from '../../../src/renderer/playback/run-playback.ts'
import { createAppStore } from '../../../src/renderer/store/store.ts'
import { sampleReport } from '../support/sample-report.ts'

/** A window whose frames come when the test says so. */
class HandFrames implements Frames {
  waiting: ((time: number) => void) | null = null
  #time = 0

  requestAnimationFrame(callback: (time: number) => void): number {
    this.waiting = callback
    return 1
  }

  cancelAnimationFrame(): void {
    this.waiting = null
  }

  pass(milliseconds: number): void {
    this.#time += milliseconds
    const callback = this.waiting
    this.waiting = null
    callback?.(this.#time)
  }
}

function playing() {
  const store = createAppStore()
  const frames = new HandFrames()
  const stop = runPlayback(store, frames)
  store.getState().showReport(sampleReport())
  frames.pass(0)
  return { store, frames, stop }
}

describe('runPlayback', () => {
  it('moves the position by elapsed time and speed', () => {
    const { store, frames } = playing()
    store.getState().setSpeed(2)
    frames.pass(UNIT_MILLISECONDS / 10)
    expect(store.getState().playback.position).toBeCloseTo(0.2)
  })

  it('counts a frame that comes very late as a short one', () => {
    const { store, frames } = playing()
    frames.pass(60_000)
    expect(store.getState().playback.position).toBeLessThan(1)
  })

  it('stops at the end and asks for no more frames', () => {
    const { store, frames } = playing()
    store.getState().seek(store.getState().timeline.duration - 0.01)
    frames.pass(50)
    expect(store.getState().playback).toMatchObject({ playing: false, position: store.getState().timeline.duration })
    expect(frames.waiting).toBeNull()
  })

  it('asks for frames only while it plays, and plays on after a pause', () => {
    const { store, frames, stop } = playing()
    store.getState().pause()
    expect(frames.waiting).toBeNull()
    store.getState().play()
    expect(frames.waiting).not.toBeNull()
    stop()
    expect(frames.waiting).toBeNull()
  })
})

describe('shownPosition', () => {
  it('shows an event at its place from the first moment with reduced motion, and as it flies without', () => {
    const { timeline } = createAppStore({ report: sampleReport() }).getState()
    for (const event of timeline.events) {
      expect(shownPosition(timeline, event.start, true)).toBe(event.settle)
      expect(shownPosition(timeline, event.start, false)).toBe(event.start)
    }
  })
})
