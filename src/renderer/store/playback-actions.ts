import type { StoreApi } from 'zustand/vanilla'
import type { LiveReport } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import { buildLiveTimeline } from '../playback/live-timeline.ts'
import { buildTimeline, neighbouringHop, neighbouringStep, type Timeline } from '../playback/timeline.ts'
import type { AppActions, AppState, Playback } from './store.ts'

type Names =
  | 'showReport'
  | 'showLive'
  | 'play'
  | 'pause'
  | 'togglePlay'
  | 'stepHop'
  | 'stepStep'
  | 'seek'
  | 'seekEvent'
  | 'seekLeg'
  | 'home'
  | 'end'
  | 'setSpeed'
  | 'setReducedMotion'

type Set = StoreApi<AppState>['setState']

/** Returns the actions that move the position: the one value from which event, hop and packet follow. */
export function createPlaybackActions(set: Set, get: StoreApi<AppState>['getState']): Pick<AppActions, Names> {
  const change = (part: Partial<Playback>) => set((state) => ({ playback: { ...state.playback, ...part } }))
  const move = (position: number, part: Partial<Playback> = {}) => {
    change({ ...part, position: Math.min(get().timeline.duration, Math.max(0, position)) })
  }
  const stop = { playing: false }
  return {
    showReport: (report) => show(set, report, buildTimeline(report), null),
    showLive: (live) => {
      const { report, timeline } = buildLiveTimeline(live)
      show(set, report, timeline, live)
    },
    play: () => {
      const { timeline, playback } = get()
      if (timeline.duration === 0) return
      // At its end, playing starts over.
      move(playback.position >= timeline.duration ? 0 : playback.position, { playing: true })
    },
    pause: () => change(stop),
    togglePlay: () => (get().playback.playing ? get().pause() : get().play()),
    stepHop: (by) => move(neighbouringHop(get().timeline, get().playback.position, by), stop),
    stepStep: (by) => move(neighbouringStep(get().timeline, get().playback.position, by), stop),
    seek: (position) => move(position),
    seekEvent: (index) => {
      const event = get().timeline.events[index]
      if (event !== undefined) move(event.settle, stop)
    },
    seekLeg: (index) => {
      const leg = get().timeline.legs[index]
      if (leg !== undefined) move(leg.start)
    },
    home: () => move(0, stop),
    end: () => move(get().timeline.duration, stop),
    setSpeed: (speed) => {
      if (Number.isFinite(speed) && speed > 0) change({ speed })
    },
    setReducedMotion: (reducedMotion) => change({ reducedMotion }),
  }
}

function show(set: Set, report: TraceReport, timeline: Timeline, live: LiveReport | null): void {
  // A question that was only predicted (for a name, a neighbour) goes before; what was really done is what is played.
  const real = timeline.events.find(({ lane }) => lane !== 'predicted')
  set((state) => ({
    report,
    live,
    timeline,
    quiz: null,
    outdated: false,
    failure: null,
    playback: { ...state.playback, position: real?.start ?? 0, playing: timeline.duration > 0 },
  }))
}
