import { createStore, type StoreApi } from 'zustand/vanilla'
import type { HostState } from '../../core/host/host-state.ts'
import type { Flow } from '../../core/trace/flow.ts'
import type { LiveReport, ProbeKind } from '../../core/trace/live-report.ts'
import type { TraceReport } from '../../core/trace/trace-report.ts'
import type { Client } from '../../protocol/connect.ts'
import type { Failure, LiveProgress, SourceStatus } from '../../protocol/contract.ts'
import type { Place } from '../playback/place.ts'
import { buildTimeline, EMPTY_TIMELINE, type Timeline } from '../playback/timeline.ts'
import { createBackendActions } from './backend-actions.ts'
import { type ConsoleActions, createConsoleActions } from './console-actions.ts'
import { type ConsoleData, INITIAL_CONSOLE } from './console-data.ts'
import { createLabActions, type LabActions } from './lab-actions.ts'
import { INITIAL_LABS, type LabData } from './lab-data.ts'
import type { ManageActions } from './manage-action-types.ts'
import { createManageActions } from './manage-actions.ts'
import { INITIAL_MANAGE, type ManageData } from './manage-data.ts'
import { objectOfPlace } from './manage-objects.ts'
import { createPlaybackActions } from './playback-actions.ts'
import { createQuizActions, type QuizActions } from './quiz-actions.ts'
import type { QuizData } from './quiz-data.ts'
import type { WatchActions } from './watch-action-types.ts'
import { createWatchActions } from './watch-actions.ts'
import { INITIAL_WATCH, type Mode, type WatchData } from './watch-data.ts'

/** The from/to form as it is typed. `port` is kept as text, so that a half-typed number stays what it is. */
export interface Form {
  readonly from: string
  readonly to: string
  readonly protocol: Flow['protocol']
  readonly port: string
}

/** Whether the question goes to the kernel, too, and as what; a lone packet is waited for `waitSeconds` when the outside sends it. */
export interface LiveChoice {
  readonly on: boolean
  readonly probe: ProbeKind
  readonly waitSeconds: number
}

/** `position` is in timeline units; the current event, hop and step all follow from it. */
export interface Playback {
  readonly playing: boolean
  readonly position: number
  readonly speed: number
  readonly reducedMotion: boolean
}

export type Theme = 'system' | 'light' | 'dark'

/** Everything that the renderer knows. Values only; what can be computed is in selectors.ts. */
export interface AppData {
  readonly connected: boolean
  readonly status: SourceStatus | null
  readonly host: HostState | null
  readonly revision: number
  readonly mode: Mode
  readonly form: Form
  /** The source port that a watched flow has, for which the form has no field; null for any. Changing the form forgets it. */
  readonly sourcePort: number | null
  readonly liveChoice: LiveChoice
  /** How far a live trace is; null while none runs. */
  readonly liveProgress: LiveProgress | null
  /** True while a trace is computed. */
  readonly pending: boolean
  readonly report: TraceReport | null
  /** What `report` was merged from, where it is both sides of a live trace. */
  readonly live: LiveReport | null
  /** Always that of `report`, in a quiz as far as it may be seen; an empty one without a report. */
  readonly timeline: Timeline
  /** True once the host is no longer as it was when `report` was made. */
  readonly outdated: boolean
  /** Why the last trace, refresh or connection failed; null once something succeeded or it was dismissed. */
  readonly failure: Failure | null
  readonly playback: Playback
  /** What the pointer or the focus is on, and what was clicked: a device, a gate, a namespace or the outside. */
  readonly hovered: Place | null
  readonly selected: Place | null
  readonly eventFilter: string
  readonly theme: Theme
  /** Traffic as it is. */
  readonly watch: WatchData
  /** Logs and terminals. */
  readonly console: ConsoleData
  /** What is managed. */
  readonly manage: ManageData
  readonly labs: LabData
  /** “Predict the next hop” on the trace that is on show; null while it is not played. */
  readonly quiz: QuizData | null
}

export interface AppActions extends WatchActions, ConsoleActions, ManageActions, LabActions, QuizActions {
  /** Takes a connected client: reads status and host state, follows their changes until it closes. */
  connectBackend(client: Client): void
  setForm(change: Partial<Form>): void
  setLiveChoice(change: Partial<LiveChoice>): void
  /**
   * Traces the form's flow, live where that is chosen and possible; a failure ends in `failure`. A trace still pending is
   * cancelled first. One that is asked before the backend is connected or has read the host waits for that.
   */
  submitTrace(): Promise<void>
  /** Cancels a pending trace; nothing happens without one. */
  cancel(): void
  /** Reads the host anew. */
  refresh(): Promise<void>
  /** Says whether the privileged helper may be used; the host comes anew. */
  answerConsent(answer: 'allowed' | 'refused'): Promise<void>
  dismissFailure(): void
  /** Shows a report from its beginning and plays it. */
  showReport(report: TraceReport): void
  /** Shows both sides of a live trace from their beginning and plays them as one. */
  showLive(live: LiveReport): void
  play(): void
  pause(): void
  togglePlay(): void
  /** Moves by hops, or by steps, and pauses. */
  stepHop(by: 1 | -1): void
  stepStep(by: 1 | -1): void
  /** Moves the scrubber to a position in units (clamped); playing goes on from there. */
  seek(position: number): void
  /** Moves to where the event's step is visible, and pauses: what a click in the list or on a step does. */
  seekEvent(index: number): void
  seekLeg(index: number): void
  home(): void
  end(): void
  setSpeed(speed: number): void
  setReducedMotion(reduced: boolean): void
  hover(place: Place | null): void
  select(place: Place | null): void
  setEventFilter(text: string): void
  setTheme(theme: Theme): void
}

export type AppState = AppData & AppActions
export type AppStore = StoreApi<AppState>

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8]

const INITIAL: AppData = {
  connected: false,
  status: null,
  host: null,
  revision: 0,
  mode: 'trace',
  form: { from: '', to: '', protocol: 'icmp', port: '' },
  sourcePort: null,
  liveChoice: { on: false, probe: 'auto', waitSeconds: 60 },
  liveProgress: null,
  pending: false,
  report: null,
  live: null,
  timeline: EMPTY_TIMELINE,
  outdated: false,
  failure: null,
  playback: { playing: false, position: 0, speed: 1, reducedMotion: false },
  hovered: null,
  selected: null,
  eventFilter: '',
  theme: 'system',
  watch: INITIAL_WATCH,
  console: INITIAL_CONSOLE,
  manage: INITIAL_MANAGE,
  labs: INITIAL_LABS,
  quiz: null,
}

/** Returns a new store. `initial` replaces starting values, for tests and for settings that were kept. */
export function createAppStore(initial: Partial<AppData> = {}): AppStore {
  return createStore<AppState>()((set, get) => ({
    ...INITIAL,
    ...initial,
    timeline: initial.report ? buildTimeline(initial.report) : EMPTY_TIMELINE,
    ...createBackendActions(set, get),
    ...createPlaybackActions(set, get),
    ...createWatchActions(set, get),
    ...createConsoleActions(set, get),
    ...createManageActions(set, get),
    ...createLabActions(set, get),
    ...createQuizActions(set, get),
    setForm: (change) => set((state) => ({ form: { ...state.form, ...change }, sourcePort: null })),
    setLiveChoice: (change) => set((state) => ({ liveChoice: { ...state.liveChoice, ...change } })),
    dismissFailure: () => set({ failure: null }),
    hover: (place) => set({ hovered: place }),
    select: (place) =>
      set(({ host, manage }) => {
        const object = place === null || host === null ? null : objectOfPlace(place, host)
        return { selected: place, manage: { ...manage, object } }
      }),
    setEventFilter: (text) => set({ eventFilter: text }),
    setTheme: (theme) => set({ theme }),
  }))
}
